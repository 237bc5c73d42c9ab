"""A DockerEc2: commands go through Systems Manager, all else stands on the machine."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django_cdk.cli.attached import wrapped
from django_cdk.cli.aws import CONFIG
from django_cdk.cli.errors import CliError
from django_cdk.cli.plugin import attach, check_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import NoReturn

    from mypy_boto3_ssm import SSMClient

    from django_cdk.cli.console import Console
    from django_cdk.cli.report import Status
    from django_cdk.cli.stack import Stack
    from django_cdk.cli.target import LogLine

# Name of the swarm stack on the machine.
_SWARM_STACK = "django"
_DOCUMENT = "AWS-StartInteractiveCommand"
_SCRIPT = "/django-cdk/with_secrets.sh"
# A stack file of the user's own has no such script in its services.
_WITH_SECRETS = f'[ ! -e {_SCRIPT} ] || set -- sh {_SCRIPT} "$@"; exec "$@"'


@dataclass(frozen=True)
class Ec2Application:
    """A DockerEc2.

    :param stack: its stack.
    :param app: the construct, as logical ids spell it.
    """

    stack: Stack
    app: str

    @cached_property
    def ssm(self) -> SSMClient:
        """Systems Manager."""
        return self.stack.session.client("ssm", config=CONFIG)

    def labels(self) -> Sequence[str]:
        """Only the machine knows its services: any name will do."""
        return ()

    def manage_py(self) -> Sequence[str]:
        """The swarm does not tell."""
        return ("python", "manage.py")

    def run_once(self, command: Sequence[str], console: Console) -> int:
        """Runs a command in the web container: the machine may have no room for another."""
        return self.enter("web", command, console)

    def enter(self, process: str, command: Sequence[str], console: Console) -> int:
        """Runs a command in the container of a service of the swarm."""
        check_plugin()
        instance = self.stack.output(self.app, "InstanceId") or ""
        request = {"Target": instance, "DocumentName": _DOCUMENT}
        parameters = {"command": [docker_exec(process.partition(":")[2] or process, command)]}
        answer = self.ssm.start_session(
            Target=instance, DocumentName=_DOCUMENT, Parameters=parameters
        )
        console.note(f"{process}, instance {instance}")
        return attach(
            self.stack.session,
            started={
                "SessionId": answer["SessionId"],
                "TokenValue": answer["TokenValue"],
                "StreamUrl": answer["StreamUrl"],
            },
            request={**request, "Parameters": parameters},
            endpoint=self.ssm.meta.endpoint_url,
        )

    def history(self, processes: Sequence[str], since: datetime) -> Iterator[LogLine]:  # noqa: ARG002
        """Not from here."""
        self._on_the_machine(_logs("", processes))

    def follow(
        self,
        processes: Sequence[str],
        since: datetime,  # noqa: ARG002
        console: Console,  # noqa: ARG002
    ) -> Iterator[LogLine]:
        """Not from here."""
        self._on_the_machine(_logs("--follow ", processes))

    def status(self) -> Status:
        """Not from here."""
        self._on_the_machine(f"sudo docker stack services {_SWARM_STACK}")

    def _on_the_machine(self, command: str) -> NoReturn:
        way = self.stack.output(self.app, "ShellCommand")
        raise CliError(f"{self.app} is a DockerEc2: open a shell there ({way}), then: {command}")


def docker_exec(service: str, command: Sequence[str]) -> str:
    """The line that runs a command in the newest container of a swarm service.

    Secrets are variables of the processes only that the script in the container starts.
    """
    name = shlex.quote(f"{_SWARM_STACK}_{service}")
    container = (
        "$(sudo docker ps --latest --quiet --filter status=running "
        f"--filter label=com.docker.swarm.service.name={name})"
    )
    with_secrets = ["sh", "-c", _WITH_SECRETS, "sh", *command]
    return f"sudo docker exec --interactive --tty {container} {wrapped(with_secrets)}"


def _logs(option: str, processes: Sequence[str]) -> str:
    name = processes[0].rpartition(":")[2] if processes else "web"
    return f"sudo docker service logs {option}{_SWARM_STACK}_{name}"


def ec2_applications(stack: Stack) -> list[Ec2Application]:
    """Each DockerEc2 of the stack, told by its output."""
    return [Ec2Application(stack, app) for app in stack.apps_with_output("ShellCommand")]
