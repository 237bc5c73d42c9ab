"""The scaling of one service, read out of a template: nothing here is written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """A target tracking policy.

    :param metric: name of the metric, predefined or custom.
    :param target: its value to hold.
    :param out_seconds: cooldown after scaling out.
    :param in_seconds: cooldown after scaling in.
    """

    metric: str
    target: float
    out_seconds: int
    in_seconds: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step scaling policy with one step, and the alarm that starts it.

    :param metrics: the metrics that the alarm looks at, added up.
    :param at_least: it goes off at the threshold or above; else at it or below.
    :param threshold: the threshold.
    :param minutes: so many minutes in a row.
    :param add: tasks to add; None: the number is set.
    :param exact: the number that is set.
    :param seconds: cooldown.
    """

    metrics: tuple[str, ...]
    at_least: bool
    threshold: float
    minutes: int
    add: int | None
    exact: int | None
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service, as far as scaling goes.

    :param fewest: least number of tasks.
    :param most: greatest number of tasks.
    :param tracking: target tracking policies.
    :param steps: step scaling policies.
    :param cpus: CPUs of one task.
    :param gib: memory of one task.
    """

    fewest: int
    most: int
    tracking: tuple[Tracking, ...]
    steps: tuple[Step, ...]
    cpus: float
    gib: float


def read_service(template: Body, logical_id: str) -> Service:
    """The scaling of the service with this logical id."""
    resources: Body = template["Resources"]
    task = resources[resources[logical_id]["Properties"]["TaskDefinition"]["Ref"]]["Properties"]
    target_id, target = next(
        (name, one)
        for name, one in _of_type(resources, "AWS::ApplicationAutoScaling::ScalableTarget")
        if f"'{logical_id}'" in str(one["ResourceId"])
    )
    policies = {
        name: one
        for name, one in _of_type(resources, "AWS::ApplicationAutoScaling::ScalingPolicy")
        if one["ScalingTargetId"] == {"Ref": target_id}
    }
    return Service(
        fewest=target["MinCapacity"],
        most=target["MaxCapacity"],
        tracking=tuple(
            _tracking(one) for one in policies.values() if one["PolicyType"] != "StepScaling"
        ),
        steps=tuple(
            _step(one, _alarm(resources, name))
            for name, one in policies.items()
            if one["PolicyType"] == "StepScaling"
        ),
        cpus=int(task["Cpu"]) / 1024,
        gib=int(task["Memory"]) / 1024,
    )


def _of_type(resources: Body, kind: str) -> Iterator[tuple[str, Body]]:
    return ((name, one["Properties"]) for name, one in resources.items() if one["Type"] == kind)


def _tracking(policy: Body) -> Tracking:
    settings = policy["TargetTrackingScalingPolicyConfiguration"]
    predefined = settings.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    return Tracking(
        metric=predefined or settings["CustomizedMetricSpecification"]["MetricName"],
        target=settings["TargetValue"],
        out_seconds=settings["ScaleOutCooldown"],
        in_seconds=settings["ScaleInCooldown"],
    )


def _step(policy: Body, alarm: Body) -> Step:
    settings = policy["StepScalingPolicyConfiguration"]
    (adjustment,) = settings["StepAdjustments"]
    exact = settings["AdjustmentType"] == "ExactCapacity"
    names = [alarm["MetricName"]] if "MetricName" in alarm else list(_metrics(alarm))
    return Step(
        metrics=tuple(names),
        at_least=alarm["ComparisonOperator"].startswith("GreaterThanOrEqual"),
        threshold=alarm["Threshold"],
        minutes=alarm["EvaluationPeriods"],
        add=None if exact else adjustment["ScalingAdjustment"],
        exact=adjustment["ScalingAdjustment"] if exact else None,
        seconds=settings["Cooldown"],
    )


def _metrics(alarm: Body) -> Iterator[str]:
    for one in alarm["Metrics"]:
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]["MetricName"]
        elif one["Expression"] != "waiting + taken":
            raise ValueError(f"an alarm on {one['Expression']!r} is not simulated")


def _alarm(resources: Body, policy: str) -> Body:
    return next(
        one
        for _, one in _of_type(resources, "AWS::CloudWatch::Alarm")
        if {"Ref": policy} in one.get("AlarmActions", [])
    )
