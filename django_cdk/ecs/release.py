"""Release commands: one-off tasks that a deployment waits for before new code serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, CustomResource, Duration, Stack
from constructs import Construct, IDependable

from django_cdk.errors import OptionError
from django_cdk.handler_function import allow
from django_cdk.process import Process
from django_cdk.waiting_provider import WaitingProvider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .tasks import ApplicationTasks, DefinedTask

# CloudFormation waits an hour for a custom resource; the last minutes belong to reporting.
LONGEST_TIMEOUT = 3300

_PROVIDER_ID = "DjangoReleaseProvider"
_RESOURCE_TYPE = "Custom::DjangoReleaseCommand"


class ReleaseCommands(Construct):
    """The release commands of an application, chained in order.

    :param tasks: what all tasks share.
    :param after: constructs that must stand before the first command runs.
    :param timeout: seconds that one command may take (1-3300).
    :param release_id: any text; the commands run again whenever it changes. None: they run again
        only when the image, the command or the environment changed.
    :raises OptionError: a timeout that CloudFormation would not wait for.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        after: Sequence[IDependable],
        timeout: int,
        release_id: str | None,
    ) -> None:
        super().__init__(scope, id)
        if not 1 <= timeout <= LONGEST_TIMEOUT:
            raise OptionError(
                "release_timeout",
                timeout,
                f"give 1 to {LONGEST_TIMEOUT} seconds: CloudFormation waits one hour at most.",
            )
        self._tasks = tasks
        self.task = tasks.define(
            self, Process(name="release", kind="release", command=None, size=tasks.app.release_size)
        )
        self.provider = ReleaseProvider.of(self)
        self.provider.allow(self.task, tasks)
        #: One custom resource for each command, in order.
        self.commands: list[CustomResource] = []
        for process in tasks.app.release:
            command = self._command(process, timeout, release_id)
            command.node.add_dependency(*(self.commands[-1:] or after), self.task.definition)
            self.commands.append(command)

    def _command(self, process: Process, timeout: int, release_id: str | None) -> CustomResource:
        tasks = self._tasks
        return CustomResource(
            self,
            f"Command-{process.name}",
            service_token=self.provider.service_token,
            resource_type=_RESOURCE_TYPE,
            properties={
                "Name": process.name,
                "Cluster": tasks.cluster.cluster_arn,
                "TaskDefinition": self.task.definition.task_definition_arn,
                "Container": self.task.process.kind,
                "Command": list(process.command or ()),
                "Subnets": tasks.subnet_ids,
                "SecurityGroups": [tasks.security_group.security_group_id],
                "AssignPublicIp": "ENABLED" if tasks.placement.assign_public_ip else "DISABLED",
                "LogGroup": self.task.log_group.log_group_name,
                "LogStreamPrefix": self.task.process.name,
                "TimeoutSeconds": str(timeout),
                "Trigger": self._trigger(process, release_id),
            },
        )

    def _trigger(self, process: Process, release_id: str | None) -> Mapping[str, Any]:
        """What makes the command run again when it changes."""
        environment = self._tasks.environment
        trigger: dict[str, Any] = {
            "Image": self._tasks.image.uri,
            "Command": list(process.command or ()),
            "Environment": {**environment.plain, **environment.masked},
            "Secrets": {
                name: f"{one.secret.secret_arn}:{one.field}"
                for name, one in environment.secrets.items()
            },
        }
        if release_id is not None:
            trigger["ReleaseId"] = release_id
        return trigger


class ReleaseProvider(WaitingProvider):
    """The one custom-resource provider of a stack that runs release commands."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(
            scope,
            id,
            package="release",
            description="Runs Django release commands as one-off ECS tasks",
            start_timeout=Duration.minutes(1),
        )
        self._allow_both(["cloudformation:DescribeStacks"], [Stack.of(self).stack_id])

    @classmethod
    def of(cls, scope: Construct) -> ReleaseProvider:
        """The provider of the stack that the scope lies in, made when first asked for."""
        stack = Stack.of(scope)
        existing = stack.node.try_find_child(_PROVIDER_ID)
        return existing if isinstance(existing, cls) else cls(stack, _PROVIDER_ID)

    def allow(self, task: DefinedTask, tasks: ApplicationTasks) -> None:
        """Lets the provider run this task definition in this cluster, and no other.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
        """
        stack = Stack.of(self)
        of_cluster = {"ArnEquals": {"ecs:cluster": tasks.cluster.cluster_arn}}
        family = stack.format_arn(
            service="ecs", resource="task-definition", resource_name=f"{task.definition.family}:*"
        )
        one_off_tasks = [
            stack.format_arn(
                service="ecs", resource="task", resource_name=f"{tasks.cluster.cluster_name}/*"
            )
        ]
        streams = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name=f"{task.log_group.log_group_name}:log-stream:{task.process.name}/*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self._allow_both(["ecs:RunTask"], [family], of_cluster)
        self._allow_both(["ecs:ListTasks"], ["*"], of_cluster)
        self._allow_both(
            ["ecs:TagResource"],
            one_off_tasks,
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        )
        self._allow_both(
            ["iam:PassRole"],
            [tasks.task_role.role_arn, tasks.execution_role.role_arn],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        )
        self._allow_both(["ecs:DescribeTasks"], one_off_tasks)
        allow(self.is_complete, ["ecs:StopTask"], one_off_tasks)
        allow(self.is_complete, ["logs:GetLogEvents"], [streams])

    def _allow_both(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        for function in (self.on_event, self.is_complete):
            allow(function, actions, resources, conditions)
