"""A DjangoEcs, recognised in its stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError

from django_cdk.cli.aws import CONFIG, is_denied
from django_cdk.cli.errors import CliError
from django_cdk.cli.stack import app_of
from django_cdk.cli.target import manage_py_of

from .exec import enter
from .logs import follow, history
from .one_off import run_once
from .process import by_label, process_of
from .status import status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_logs import CloudWatchLogsClient

    from django_cdk.cli.console import Console
    from django_cdk.cli.report import Status
    from django_cdk.cli.stack import Resource, Stack
    from django_cdk.cli.target import LogLine

    from .process import EcsProcess

_SERVICES_AT_ONCE = 10


@dataclass(frozen=True)
class EcsApplication:
    """A DjangoEcs.

    :param stack: its stack.
    :param app: the construct, as logical ids spell it.
    :param resources: those of the stack that are the construct's.
    """

    stack: Stack
    app: str
    resources: Sequence[Resource]

    @cached_property
    def ecs(self) -> ECSClient:
        """ECS."""
        return self.stack.session.client("ecs", config=CONFIG)

    @cached_property
    def cloudwatch_logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs."""
        session = self.stack.session
        client = session.client("logs", config=CONFIG)
        if urlsplit(client.meta.endpoint_url).netloc.startswith("logs."):
            return client
        # An endpoint of the user's own has no second name for streams, which Live Tail is.
        return session.client("logs", config=CONFIG.merge(Config(inject_host_prefix=False)))

    @cached_property
    def elbv2(self) -> ElasticLoadBalancingv2Client:
        """Elastic Load Balancing."""
        return self.stack.session.client("elbv2", config=CONFIG)

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """CloudWatch."""
        return self.stack.session.client("cloudwatch", config=CONFIG)

    @cached_property
    def cluster(self) -> str:
        """Name of its cluster."""
        return self.stack.output(self.app, "ClusterName") or self._service_arns[0].split("/")[1]

    def of_type(self, type_: str) -> list[Resource]:
        """Its resources of a type."""
        return [one for one in self.resources if one.type == type_]

    @cached_property
    def services(self) -> Mapping[str, EcsProcess]:
        """Label -> long-running process; web, workers, beat."""
        arns, found = self._service_arns, []
        for first in range(0, len(arns), _SERVICES_AT_ONCE):
            answer = self.ecs.describe_services(
                cluster=self.cluster, services=arns[first : first + _SERVICES_AT_ONCE]
            )
            found += answer["services"]
        made = (self._process(one["taskDefinition"], one) for one in found)
        return by_label(one for one in made if one)

    @cached_property
    def processes(self) -> Mapping[str, EcsProcess]:
        """Label -> process of any kind."""
        in_service = {one.definition.get("family") for one in self.services.values()}
        arns = [
            one.physical_id
            for one in self.of_type("AWS::ECS::TaskDefinition")
            if one.physical_id.rpartition("/")[2].partition(":")[0] not in in_service
        ]
        made = (self._process(arn, None) for arn in arns)
        return by_label([*self.services.values(), *(one for one in made if one)])

    def service(self, label: str) -> tuple[EcsProcess, ServiceTypeDef]:
        """A long-running process and its service.

        :raises CliError: there is none.
        """
        process = self.services.get(label)
        if process is None or process.service is None:
            known = ", ".join(self.services) or "none"
            raise CliError(f"{label} is no running process of {self.app}: {known}.")
        return process, process.service

    def labels(self) -> Sequence[str]:
        """Its processes."""
        return list(self.processes)

    def manage_py(self) -> Sequence[str]:
        """How its release commands call manage.py."""
        return manage_py_of(
            properties.get("Command", ())
            for resource in self._release_resources()
            if isinstance(properties := resource.get("Properties"), dict)
        )

    def run_once(self, command: Sequence[str], console: Console) -> int:
        """Runs a command as a task of its own."""
        return run_once(self, command, console)

    def enter(self, process: str, command: Sequence[str], console: Console) -> int:
        """Runs a command by ECS Exec."""
        return enter(self, process, command, console)

    def history(self, processes: Sequence[str], since: datetime) -> Iterator[LogLine]:
        """What the processes have logged."""
        return history(self, processes, since)

    def follow(
        self, processes: Sequence[str], since: datetime, console: Console
    ) -> Iterator[LogLine]:
        """What they log."""
        return follow(self, processes, since, console)

    def status(self) -> Status:
        """How it is."""
        return status(self)

    @property
    def _service_arns(self) -> list[str]:
        return [one.physical_id for one in self.of_type("AWS::ECS::Service")]

    def _process(self, task_definition: str, service: ServiceTypeDef | None) -> EcsProcess | None:
        answer = self.ecs.describe_task_definition(taskDefinition=task_definition)
        return process_of(answer["taskDefinition"], service)

    def _release_resources(self) -> Iterator[Mapping[str, Any]]:
        """The release commands in the template; none when it may not be read."""
        ours = {one.logical_id for one in self.of_type("Custom::DjangoReleaseCommand")}
        if not ours:
            return
        try:
            template = self.stack.client.get_template(StackName=self.stack.id)["TemplateBody"]
        except ClientError as error:
            if is_denied(error):
                return
            raise
        resources: Mapping[str, Any] = dict(template).get("Resources", {})
        yield from (resources[one] for one in sorted(ours) if one in resources)


def ecs_applications(stack: Stack) -> list[EcsApplication]:
    """Each DjangoEcs of the stack, told by the one role that all tasks of each have."""
    roles = (app_of(one.logical_id, "TasksTaskRole") for one in stack.of_type("AWS::IAM::Role"))
    apps = sorted(app for app in roles if app is not None)
    return [
        EcsApplication(
            stack, app, [one for one in stack.resources if owner(one.logical_id, apps) == app]
        )
        for app in apps
    ]


def owner(logical_id: str, apps: Sequence[str]) -> str | None:
    """The construct to which a resource belongs: of Blog and BlogTwo, the longer that fits."""
    return max((app for app in apps if logical_id.startswith(app)), key=len, default=None)
