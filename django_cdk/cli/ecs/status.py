"""How a DjangoEcs is: what ECS, the load balancer, CloudWatch and CloudFormation say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.cli.report import AlarmStatus, Event, ProcessStatus, Status, TargetHealth

from .release import release_results

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import DeploymentTypeDef, ServiceTypeDef

    from .application import EcsApplication
    from .process import EcsProcess

_EVENTS = 3


def status(application: EcsApplication) -> Status:
    """Everything at once."""
    stack = application.stack
    return Status(
        app=application.app,
        target="ecs",
        stack=stack.name,
        stack_status=stack.status,
        changed_at=stack.changed_at,
        region=stack.session.region_name,
        url=stack.output(application.app, "Url"),
        processes=[_process(application, one) for one in application.services.values()],
        release=release_results(application),
        targets=_targets(application),
        alarms=_alarms(application),
    )


def _process(application: EcsApplication, process: EcsProcess) -> ProcessStatus:
    _, service = application.service(process.label)
    primary = _primary(service)
    return ProcessStatus(
        name=process.label,
        running=service["runningCount"],
        desired=service["desiredCount"],
        pending=service["pendingCount"],
        rollout=primary.get("rolloutState", "unknown").lower().replace("_", " "),
        reason=primary.get("rolloutStateReason", ""),
        images=_images(application, process, service),
        events=[
            Event(time=one["createdAt"], text=one["message"])
            for one in service.get("events", [])[:_EVENTS]
            if "createdAt" in one and "message" in one
        ],
    )


def _primary(service: ServiceTypeDef) -> DeploymentTypeDef:
    """The deployment that ECS works towards."""
    for deployment in service.get("deployments", []):
        if deployment.get("status") == "PRIMARY":
            return deployment
    return {}


def _images(application: EcsApplication, process: EcsProcess, service: ServiceTypeDef) -> list[str]:
    """Digests of what runs; during a rollout two."""
    ecs, cluster = application.ecs, application.cluster
    arns = ecs.list_tasks(cluster=cluster, serviceName=service["serviceName"])["taskArns"]
    if not arns:
        return []
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    found = {
        container.get("imageDigest") or container.get("image", "")
        for task in tasks
        for container in task.get("containers", [])
        if container.get("name") == process.kind
    }
    return sorted(found - {""})


def _targets(application: EcsApplication) -> list[TargetHealth]:
    groups = [
        balancer["targetGroupArn"]
        for process in application.services.values()
        for balancer in (process.service or {}).get("loadBalancers", [])
        if "targetGroupArn" in balancer
    ]
    descriptions = [
        one
        for group in groups
        for one in application.elbv2.describe_target_health(TargetGroupArn=group)[
            "TargetHealthDescriptions"
        ]
    ]
    return [
        TargetHealth(
            target=f"{one['Target']['Id']}:{one['Target'].get('Port', '')}",
            state=one["TargetHealth"].get("State", "unknown"),
            reason=one["TargetHealth"].get("Description", ""),
        )
        for one in descriptions
    ]


def _alarms(application: EcsApplication) -> list[AlarmStatus]:
    names = [one.physical_id for one in application.of_type("AWS::CloudWatch::Alarm")]
    if not names:
        # Without names CloudWatch would tell of every alarm of the account.
        return []
    answer = application.cloudwatch.describe_alarms(AlarmNames=names)
    return [
        AlarmStatus(
            name=one.get("AlarmName", ""),
            state=one.get("StateValue", "INSUFFICIENT_DATA"),
            description=one.get("AlarmDescription", ""),
        )
        for one in answer["MetricAlarms"]
    ]
