"""Alarms on the web process: it answers, and it answers without errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_cloudwatch as cloudwatch
import aws_cdk.aws_cloudwatch_actions as cloudwatch_actions
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
from aws_cdk import Duration
from constructs import Construct

if TYPE_CHECKING:
    import aws_cdk.aws_sns as sns

    from .web import WebService

_ERRORS = 10


class WebAlarms(Construct):
    """Two alarms: no healthy web task for three minutes, and ten errors (5xx) in five.

    :param web: the web process.
    :param topic: is told when an alarm goes off and when it is over; None: nobody.
    """

    def __init__(
        self, scope: Construct, id: str, *, web: WebService, topic: sns.ITopic | None
    ) -> None:
        super().__init__(scope, id)
        metrics = web.target_group.metrics
        path = scope.node.path
        #: No web task passes its health check.
        self.unhealthy = cloudwatch.Alarm(
            self,
            "Unhealthy",
            metric=metrics.healthy_host_count(period=Duration.minutes(1), statistic="Minimum"),
            threshold=1,
            evaluation_periods=3,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            # A target group without any target reports nothing at all.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=f"No web task of {path} passes its health check.",
        )
        # Until the first task serves there is nothing to be healthy.
        self.unhealthy.node.add_dependency(web.service)
        #: Answers of 500 and above.
        self.errors = cloudwatch.Alarm(
            self,
            "Errors",
            metric=metrics.http_code_target(
                elbv2.HttpCodeTarget.TARGET_5XX_COUNT,
                period=Duration.minutes(5),
                statistic="Sum",
            ),
            threshold=_ERRORS,
            evaluation_periods=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"The web tasks of {path} answer with errors (5xx).",
        )
        for alarm in (self.unhealthy, self.errors):
            notify(alarm, topic)


def notify(alarm: cloudwatch.Alarm, topic: sns.ITopic | None) -> None:
    """Tells the topic, if there is one, when the alarm goes off and when it is over."""
    if topic is not None:
        action = cloudwatch_actions.SnsAction(topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
