"""ECS Exec: a command in a running task, attached to this terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from django_cdk.cli.attached import wrapped
from django_cdk.cli.aws import code_of, message_of
from django_cdk.cli.errors import CliError
from django_cdk.cli.plugin import attach, check_plugin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ecs.type_defs import ContainerTypeDef, TaskTypeDef

    from django_cdk.cli.console import Console

    from .application import EcsApplication

_AGENT = "ExecuteCommandAgent"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def enter(application: EcsApplication, label: str, command: Sequence[str], console: Console) -> int:
    """Runs the command in the newest running task of the process.

    :return: its exit code.
    :raises CliError: what is missing, and how to get it.
    """
    check_plugin()
    process, service = application.service(label)
    if not service.get("enableExecuteCommand"):
        raise CliError(
            f"ECS Exec is off for {label}: give DjangoEcs(use_ecs_exec=True) and deploy (it adds "
            "the role's permissions too)."
        )
    task = _newest_running(application, label, service["serviceName"])
    container = _with_agent(task, process.kind, label)
    task_id = task["taskArn"].rpartition("/")[2]
    try:
        answer = application.ecs.execute_command(
            cluster=application.cluster,
            task=task["taskArn"],
            container=process.kind,
            interactive=True,
            command=wrapped(command),
        )
    except ClientError as error:
        if code_of(error) not in ("TargetNotConnectedException", "InvalidParameterException"):
            raise
        raise CliError(
            f"ECS Exec can't enter task {task_id} ({message_of(error)}): its subnets must reach "
            "ssmmessages (NAT, public address or VPC endpoint); if the task has just started, try "
            "again in a minute."
        ) from error
    console.note(f"{label}, task {task_id}")
    session = answer["session"]
    return attach(
        application.stack.session,
        # The plugin takes the names of both services' answers.
        started={
            "sessionId": session["sessionId"],
            "streamUrl": session["streamUrl"],
            "tokenValue": session["tokenValue"],
        },
        request={
            "Target": f"ecs:{_name(answer['clusterArn'])}_{task_id}_{container.get('runtimeId')}"
        },
        endpoint=application.ecs.meta.endpoint_url,
    )


def _newest_running(application: EcsApplication, label: str, service: str) -> TaskTypeDef:
    ecs, cluster = application.ecs, application.cluster
    arns = ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="RUNNING")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    running = [one for one in tasks if one.get("lastStatus") == "RUNNING"]
    if not running:
        raise CliError(f"No task of {label} runs: django-cdk status shows why.")
    open_ones = [one for one in running if one.get("enableExecuteCommand")]
    if not open_ones:
        raise CliError(
            f"The tasks of {label} were started before ECS Exec was switched on: replace them "
            f"(aws ecs update-service --cluster {cluster} --service {service} "
            "--force-new-deployment)."
        )
    return max(open_ones, key=lambda one: one.get("startedAt", _LONG_AGO))


def _with_agent(task: TaskTypeDef, container_name: str, label: str) -> ContainerTypeDef:
    """The container, when somebody in it answers."""
    containers = task.get("containers", [])
    container = next((one for one in containers if one.get("name") == container_name), None)
    if container is None:
        raise CliError(f"The task of {label} has no container {container_name!r}.")
    agents = [one for one in container.get("managedAgents", []) if one.get("name") == _AGENT]
    for agent in agents:
        if agent.get("lastStatus") != "RUNNING":
            reason = f" ({agent['reason']})" if agent.get("reason") else ""
            raise CliError(
                f"The agent of ECS Exec in the newest task of {label} is "
                f"{agent.get('lastStatus')}{reason}: try again in a minute; if it stays so, the "
                "subnets don't reach ssmmessages (NAT, public address or VPC endpoint)."
            )
    return container


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
