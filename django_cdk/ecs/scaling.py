"""How many tasks of a service run, and who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration

if TYPE_CHECKING:
    import aws_cdk.aws_ecs as ecs
    import aws_cdk.aws_elasticloadbalancingv2 as elbv2

    from django_cdk.scaling import Scaling

# Out quickly, in slowly: a task that is missing costs requests, one too many costs cents.
_SCALE_OUT = Duration.seconds(60)
_SCALE_IN = Duration.minutes(5)


def scale(
    service: ecs.FargateService,
    scaling: Scaling,
    target_group: elbv2.ApplicationTargetGroup | None = None,
) -> ecs.ScalableTaskCount | None:
    """Lets Application Auto Scaling own the number of tasks, unless the number is fixed.

    Once it does, no deployment resets the number: the template has no ``DesiredCount``.

    :return: the scalable target, for more policies; None when the number is fixed.
    """
    if scaling.fixed:
        return None
    service.node.default_child.add_property_deletion_override("DesiredCount")  # type: ignore[union-attr]
    count = service.auto_scale_task_count(
        min_capacity=scaling.min_count, max_capacity=scaling.max_count
    )
    if scaling.cpu_percent is not None:
        count.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=scaling.cpu_percent,
            scale_out_cooldown=_SCALE_OUT,
            scale_in_cooldown=_SCALE_IN,
        )
    if scaling.requests_per_target is not None and target_group is not None:
        count.scale_on_request_count(
            "Requests",
            requests_per_target=scaling.requests_per_target,
            target_group=target_group,
            scale_out_cooldown=_SCALE_OUT,
            scale_in_cooldown=_SCALE_IN,
        )
    if scaling.backlog_per_task is not None:
        # Here, because few applications need it and its imports cost time.
        from .backlog import hold_backlog, sleep_when_quiet, wake_on_message  # noqa: PLC0415

        hold_backlog(
            count,
            service,
            scaling.backlog_per_task,
            scale_out_cooldown=_SCALE_OUT,
            scale_in_cooldown=_SCALE_IN,
        )
        if scaling.min_count == 0:
            wake_on_message(count, service)
            sleep_when_quiet(count, service, minutes=scaling.quiet_minutes)
    return count
