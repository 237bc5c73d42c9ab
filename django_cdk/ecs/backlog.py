"""The number of a worker's tasks by the messages in its queues, down to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_applicationautoscaling as autoscaling
import aws_cdk.aws_cloudwatch as cloudwatch
import aws_cdk.aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import Duration

from django_cdk.handlers.queue_depth.contract import (
    BACKLOG_PER_TASK,
    BACKLOG_WITHOUT_TASK,
    CLUSTER,
    NAMESPACE,
    QUEUE_DEPTH,
    SERVICE,
    UNACKED,
)

if TYPE_CHECKING:
    import aws_cdk.aws_ecs as ecs

_MINUTE = Duration.minutes(1)


def queue_metric(
    service: ecs.FargateService, name: str, *, statistic: str = "Maximum"
) -> cloudwatch.Metric:
    """A metric that the function of :class:`QueueDepth` puts for a worker each minute."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={CLUSTER: service.cluster.cluster_name, SERVICE: service.service_name},
        period=_MINUTE,
        statistic=statistic,
    )


def hold_backlog(
    count: ecs.ScalableTaskCount,
    service: ecs.FargateService,
    backlog_per_task: int,
    *,
    scale_out_cooldown: Duration,
    scale_in_cooldown: Duration,
) -> None:
    """Target tracking on the messages per task."""
    count.scale_to_track_custom_metric(
        "Backlog",
        metric=queue_metric(service, BACKLOG_PER_TASK, statistic="Average"),
        target_value=backlog_per_task,
        scale_out_cooldown=scale_out_cooldown,
        scale_in_cooldown=scale_in_cooldown,
    )


def wake_on_message(count: ecs.ScalableTaskCount, service: ecs.FargateService) -> None:
    """The first message starts the first task: no multiple of none is one."""
    alarm = cloudwatch.Alarm(
        count,
        "Waiting",
        metric=queue_metric(service, BACKLOG_WITHOUT_TASK),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=f"Messages wait for {service.node.path}, which has no task.",
    )
    _act(count, "Wake", alarm, adjustment=1)


def sleep_when_quiet(
    count: ecs.ScalableTaskCount, service: ecs.FargateService, *, minutes: int
) -> None:
    """The last task goes after a time in which no message was there, waiting or taken."""
    alarm = cloudwatch.Alarm(
        count,
        "Quiet",
        metric=cloudwatch.MathExpression(
            expression="waiting + taken",
            using_metrics={
                "waiting": queue_metric(service, QUEUE_DEPTH),
                "taken": queue_metric(service, UNACKED),
            },
            period=_MINUTE,
            label="Messages waiting or taken",
        ),
        threshold=0,
        evaluation_periods=minutes,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        # A count that failed says nothing about the queue.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=f"No message for {service.node.path}: its tasks may go.",
    )
    _act(count, "Sleep", alarm, adjustment=0)


def _act(
    count: ecs.ScalableTaskCount, id: str, alarm: cloudwatch.Alarm, *, adjustment: int
) -> None:
    """One task more while the alarm is on; or, for 0, none at all."""
    up = adjustment > 0
    action = autoscaling.StepScalingAction(
        count,
        id,
        scaling_target=count.node.find_child("Target"),  # type: ignore[arg-type]
        adjustment_type=autoscaling.AdjustmentType.CHANGE_IN_CAPACITY
        if up
        else autoscaling.AdjustmentType.EXACT_CAPACITY,
        # Longer than a metric takes to tell of the new number of tasks.
        cooldown=Duration.minutes(3),
        metric_aggregation_type=autoscaling.MetricAggregationType.MAXIMUM,
    )
    action.add_adjustment(
        adjustment=adjustment,
        lower_bound=0 if up else None,
        upper_bound=None if up else 0,
    )
    alarm.add_alarm_action(cloudwatch_actions.ApplicationScalingAction(action))
