"""Target groups.

AWS: Fn::GetAtt TargetGroupFullName, which is the dimension of the group's metrics, begins with
`targetgroup/`. ministack 1.5.33 leaves that out.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

from tests.emulator.ministack_parts import Made, wrap


def _whole_name(original: Any) -> Any:
    def make(*arguments: Any) -> Made:
        arn, attributes = original(*arguments)
        return arn, attributes | {"TargetGroupFullName": arn.rsplit(":", 1)[-1]}

    return make


def install() -> None:
    """Puts the name right."""
    wrap(provisioners, "_elbv2_target_group_create", _whole_name)
    wrap(provisioners, "_elbv2_target_group_update", _whole_name)
