"""Updates of a running machine: by `cdk deploy`, which waits for them, and by a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk.aws_ssm as ssm
from aws_cdk import CustomResource, Duration, Stack
from constructs import Construct

from django_cdk.handler_function import allow
from django_cdk.handlers.swarm.contract import EXECUTION_SECONDS, SKIP_RELEASE
from django_cdk.waiting_provider import WaitingProvider

from .machine_files import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .machine import Machine

_RESOURCE_TYPE = "Custom::DjangoSwarmUpdate"
_LOG = "/var/log/django-cdk.log"

# Image names and digests; nothing that a shell reads as more than one word.
_IMAGE = r"^[A-Za-z0-9./:@_-]*$"

# Systems Manager keeps the beginning of what is printed, and the end says what went wrong.
_DEPLOY = (
    f"if bash {DIRECTORY}/deploy.sh --image '{{{{ Image }}}}' "
    "--frontend-image '{{ FrontendImage }}' {{ Options }} "
    f">{_LOG} 2>&1; then tail -n 5 {_LOG}; else tail -c 4000 {_LOG} >&2; exit 1; fi"
)


class Updates(Construct):
    """The update command of a machine, and the custom resource that runs it in a deployment.

    :param machine: the machine.
    :param trigger: the machine is updated whenever this changes.
    """

    def __init__(
        self, scope: Construct, id: str, *, machine: Machine, trigger: Mapping[str, Any]
    ) -> None:
        super().__init__(scope, id)
        #: The command of Systems Manager that updates the swarm.
        self.document = ssm.CfnDocument(
            self,
            "Document",
            document_type="Command",
            document_format="JSON",
            # A new version, under the name that CI jobs know.
            update_method="NewVersion",
            content=_content(machine),
        )
        provider = _Provider(self, "Provider", machine=machine, document=self.document)
        #: Runs it when image, files or environment changed, and waits.
        self.resource = CustomResource(
            self,
            "Update",
            service_token=provider.service_token,
            resource_type=_RESOURCE_TYPE,
            properties={
                "InstanceId": machine.instance.instance_id,
                "Document": self.document.ref,
                "Trigger": dict(trigger),
            },
        )
        self.resource.node.add_dependency(machine.ready, machine.instance.role)

    def command(self, *, instance_id: str) -> str:
        """The complete line by which a CI job starts an update; it prints the command's id."""
        region = Stack.of(self).region
        return (
            f"aws ssm send-command --region {region} --document-name {self.document.ref} "
            f"--instance-ids {instance_id} --parameters Image=IMAGE "
            "--query Command.CommandId --output text"
        )


class _Provider(WaitingProvider):
    def __init__(
        self, scope: Construct, id: str, *, machine: Machine, document: ssm.CfnDocument
    ) -> None:
        super().__init__(
            scope,
            id,
            package="swarm",
            description="Updates the swarm of a DockerEc2 and waits for it",
            # As long as an instance may take to come back from a restart.
            start_timeout=Duration.minutes(10),
        )
        stack = Stack.of(self)
        instance = stack.format_arn(
            service="ec2", resource="instance", resource_name=machine.instance.instance_id
        )
        allow(self.on_event, ["ssm:SendCommand"], [document_arn(document), instance])
        allow(self.on_event, ["cloudformation:DescribeStacks"], [stack.stack_id])
        # It knows no resource.
        allow(self.is_complete, ["ssm:GetCommandInvocation"], ["*"])


def document_arn(document: ssm.CfnDocument) -> str:
    """ARN of a command document."""
    return Stack.of(document).format_arn(
        service="ssm", resource="document", resource_name=document.ref
    )


def _content(machine: Machine) -> dict[str, Any]:
    return {
        "schemaVersion": "2.2",
        "description": f"Updates the application of {machine.node.path}",
        "parameters": {
            "Image": _image("Image of the application; empty: as it is"),
            "FrontendImage": _image("Image of the front end; empty: as it is"),
            "Options": {
                "type": "String",
                "default": "",
                "allowedPattern": f"^({SKIP_RELEASE})?$",
                "description": "--skip-release: without the release commands",
            },
        },
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "Update",
                "inputs": {
                    "timeoutSeconds": str(EXECUTION_SECONDS),
                    "runCommand": [
                        "set -eu",
                        # Not into the middle of a boot that is still under way.
                        "cloud-init status --wait >/dev/null 2>&1 || true",
                        _write_files(machine),
                        _DEPLOY,
                    ],
                },
            }
        ],
    }


def _write_files(machine: Machine) -> str:
    stack = Stack.of(machine)
    logical_id = stack.resolve(machine.resource.logical_id)
    return (
        f"/opt/aws/bin/cfn-init --region {stack.region} --stack {stack.stack_name} "
        f"--resource {logical_id} --configsets update"
    )


def _image(description: str) -> dict[str, str]:
    return {
        "type": "String",
        "default": "",
        "allowedPattern": _IMAGE,
        "description": description,
    }
