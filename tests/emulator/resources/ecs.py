"""ECS task definitions and services.

AWS: a task definition has everything that its API takes. CloudFormation waits until a service is
stable (one deployment, all its tasks running, behind a load balancer healthy) and fails when the
deployment's circuit breaker opens. ministack 1.5.33 loses a task definition's secrets, ephemeral
storage and platform and a service's ECS Exec, grace period and tags, and waits for nothing.
"""

from __future__ import annotations

import os
import time
from typing import Any

from tests.emulator.api import client, parameters
from tests.emulator.ministack_parts import Made, Properties, physical_name, register

#: Seconds after which CloudFormation gives up on a service; on AWS three hours.
PATIENCE = float(os.environ.get("EMULATOR_SERVICE_SECONDS", "120"))
# Not changed by an update of the service.
_CREATE_ONLY = (
    "Cluster",
    "LaunchType",
    "SchedulingStrategy",
    "ServiceName",
    "DeploymentController",
    "Role",
)


def _create_task_definition(logical_id: str, properties: Properties, stack: str) -> Made:
    given = {"Family": physical_name(stack, logical_id), **properties}
    request = parameters("ecs", "RegisterTaskDefinition", given)
    answer = client("ecs").register_task_definition(**request)
    arn = answer["taskDefinition"]["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


def _delete_task_definition(arn: str, _properties: Properties) -> None:
    client("ecs").deregister_task_definition(taskDefinition=arn)


def _create_service(logical_id: str, properties: Properties, stack: str) -> Made:
    name = properties.get("ServiceName") or physical_name(stack, logical_id)
    given = {"DesiredCount": 1, **properties, "ServiceName": name}
    request = parameters("ecs", "CreateService", given)
    arn = client("ecs").create_service(**request)["service"]["serviceArn"]
    try:
        _wait_until_stable(arn)
    except ValueError:
        # A resource that failed is rolled back by CloudFormation; ministack forgets it.
        _delete_service(arn, properties)
        raise
    return arn, _attributes(arn)


def _update_service(
    arn: str, old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    if any(old.get(name) != new.get(name) for name in _CREATE_ONLY):
        return _create_service(logical_id, new, stack)
    changed = {
        name: value
        for name, value in new.items()
        if old.get(name) != value and name not in ("Tags", *_CREATE_ONLY)
    }
    request = parameters("ecs", "UpdateService", changed)
    cluster = _cluster(arn)
    if "Tags" in new and new["Tags"] != old.get("Tags"):
        tags = parameters("ecs", "TagResource", {"Tags": new["Tags"]})
        client("ecs").tag_resource(resourceArn=arn, **tags)
    client("ecs").update_service(cluster=cluster, service=arn, **request)
    _wait_until_stable(arn)
    return arn, _attributes(arn)


def _delete_service(arn: str, _properties: Properties) -> None:
    """AWS: scaled to zero, deleted, waited for until its tasks have stopped."""
    ecs, cluster = client("ecs"), _cluster(arn)
    ecs.delete_service(cluster=cluster, service=arn, force=True)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        stopping = ecs.list_tasks(
            cluster=cluster, serviceName=arn.rsplit("/", 1)[-1], desiredStatus="STOPPED"
        )["taskArns"]
        tasks = ecs.describe_tasks(cluster=cluster, tasks=stopping)["tasks"] if stopping else []
        if all(task["lastStatus"] == "STOPPED" for task in tasks):
            return
        time.sleep(0.1)
    message = f"tasks of {arn} did not stop within {PATIENCE:.0f} s"
    raise ValueError(message)


def _attributes(arn: str) -> dict[str, Any]:
    return {"ServiceArn": arn, "Name": arn.rsplit("/", 1)[-1]}


def _cluster(arn: str) -> str:
    return arn.rsplit("/", 2)[-2]


def _wait_until_stable(arn: str) -> None:
    ecs, cluster = client("ecs"), _cluster(arn)
    deadline = time.monotonic() + PATIENCE
    service: dict[str, Any] = {}
    while time.monotonic() < deadline:
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        for deployment in service["deployments"]:
            if deployment.get("rolloutState") == "FAILED":
                raise ValueError(
                    "Resource handler returned message: \"Error occurred during operation 'ECS"
                    f" Deployment Circuit Breaker was triggered'.\" ({_why(arn, cluster)})"
                )
        if _is_stable(service):
            return
        time.sleep(0.1)
    message = f"Service {arn} did not stabilize in {PATIENCE:.0f} s: {_why(arn, cluster)}"
    raise ValueError(message)


def _is_stable(service: dict[str, Any]) -> bool:
    (deployment, *others) = service["deployments"]
    return (
        not others
        and deployment["rolloutState"] == "COMPLETED"
        and service["runningCount"] == service["desiredCount"]
        and not service["pendingCount"]
    )


def _why(arn: str, cluster: str) -> str:
    """How its newest stopped task ended; AWS tells it in the service's events."""
    ecs = client("ecs")
    name = arn.rsplit("/", 1)[-1]
    stopped = ecs.list_tasks(cluster=cluster, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    if not stopped:
        return "no task has stopped"
    tasks = ecs.describe_tasks(cluster=cluster, tasks=stopped)["tasks"]
    newest = max(tasks, key=lambda task: task["createdAt"])
    codes = [container.get("exitCode") for container in newest["containers"]]
    return f"{newest.get('stoppedReason')}, exit codes {codes}"


def install() -> None:
    """Gives the types to ministack."""
    register(
        "AWS::ECS::TaskDefinition",
        create=_create_task_definition,
        delete=_delete_task_definition,
    )
    register(
        "AWS::ECS::Service",
        create=_create_service,
        update=_update_service,
        delete=_delete_service,
    )
