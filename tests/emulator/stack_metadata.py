"""What DescribeStackResource says of a resource's metadata while a change set is carried out.

AWS answers the metadata of the template that is being deployed: cfn-init on a new instance reads it
before the stack is complete. ministack 1.5.33 looks into the template of the last deployment, which
a stack that a change set creates (as the CDK's command line does) does not have.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import handlers

from tests.emulator.ministack_parts import wrap


def install() -> None:
    """Lets the template that is being deployed answer."""
    wrap(handlers, "_resource_metadata_xml", _of_this_deployment)


def _of_this_deployment(original: Any) -> Any:
    def metadata(stack: dict[str, Any], logical_id: str) -> Any:
        # Going back, the old one is the one that is deployed.
        going_back = "ROLLBACK" in stack["StackStatus"]
        body = None if going_back else stack.get("_template_body")
        template = handlers._parse_template(body) if body else stack.get("_template")
        return original({**stack, "_template": template}, logical_id)

    return metadata
