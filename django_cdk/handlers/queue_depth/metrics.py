"""Counts and desired tasks as CloudWatch metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .contract import (
    BACKLOG_PER_TASK,
    BACKLOG_WITHOUT_TASK,
    CLUSTER,
    QUEUE_DEPTH,
    SERVICE,
    UNACKED,
)

if TYPE_CHECKING:
    from .broker import Count

# At 0 target tracking would take the last task by its own clock, although a worker may keep tasks
# for a later time. Above 0 it leaves one, and the alarm on idle queues decides about that.
LEAST_BACKLOG = 0.01


def metric_data(cluster: str, service: str, found: Count, desired: int) -> list[dict[str, Any]]:
    """The metrics of one worker, for PutMetricData.

    By the desired number, not by that which runs: target tracking multiplies the metric by the
    desired number, and while tasks start it would otherwise ask for more of them every minute.

    :param desired: tasks that the service is to run.
    """
    present = found.waiting + found.in_hand
    held = found.in_hand + found.later
    backlog = max(float(present), LEAST_BACKLOG) / desired if desired else float(present)
    asleep = desired == 0 and found.waiting + held > 0
    values = {
        QUEUE_DEPTH: (float(found.waiting), "Count"),
        UNACKED: (float(held), "Count"),
        BACKLOG_PER_TASK: (backlog, "Count"),
        BACKLOG_WITHOUT_TASK: (float(asleep), "None"),
    }
    dimensions = [{"Name": CLUSTER, "Value": cluster}, {"Name": SERVICE, "Value": service}]
    return [
        {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit}
        for name, (value, unit) in values.items()
    ]
