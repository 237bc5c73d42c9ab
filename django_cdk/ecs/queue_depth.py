"""The length of celery queues as a metric, counted once a minute without a machine of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_cloudwatch as cloudwatch
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_events as events
import aws_cdk.aws_events_targets as events_targets
from aws_cdk import Duration
from constructs import Construct

from django_cdk.errors import OptionError
from django_cdk.handler_function import HandlerFunction, allow
from django_cdk.handlers.queue_depth.contract import NAMESPACE

from .alarms import notify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    import aws_cdk.aws_ecs as ecs
    import aws_cdk.aws_sns as sns

    from django_cdk.backing import Backing
    from django_cdk.cache import Cache
    from django_cdk.process import Process

    from .tasks import ApplicationTasks

_PACKAGE = "queue_depth"


class QueueDepth(Construct):
    """Two functions, and a rule that calls the first of them every minute.

    The reader stands in the tasks' subnets and reaches the cache alone; it needs no way to AWS,
    so it works in a VPC without NAT too. The publisher stands outside: it fetches the cache's
    password, asks the reader and ECS, and puts the metrics.

    :param tasks: what all tasks share.
    :param backing: the cache is theirs.
    :param workers: each worker that scales on its queues -> its service.
    :param alarm_topic: is told when counting fails, which stops scaling; None: nobody.
    :raises OptionError: the application has no cache.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        backing: Backing,
        workers: Mapping[Process, ecs.FargateService],
        alarm_topic: sns.ITopic | None,
    ) -> None:
        super().__init__(scope, id)
        cache = _need_cache(backing, list(workers))
        #: Security group of the reader: out to the cache, and nowhere else.
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=tasks.cluster.vpc,
            description=f"Counts the messages of {scope.node.path}",
            allow_all_outbound=False,
        )
        backing.allow_cache_from(self.security_group)
        #: Counts the messages; stands in the VPC.
        self.reader = HandlerFunction(
            self,
            "Reader",
            handler=f"{_PACKAGE}.reader.read",
            description="Counts the messages in celery queues",
            timeout=Duration.seconds(10),
            vpc=tasks.cluster.vpc,
            vpc_subnets=tasks.placement.tasks,
            security_group=self.security_group,
        ).function
        #: Writes the counts to CloudWatch; stands outside the VPC.
        self.publisher = HandlerFunction(
            self,
            "Publisher",
            handler=f"{_PACKAGE}.index.publish",
            description="Puts the length of celery queues as CloudWatch metrics",
            timeout=Duration.seconds(30),
        ).function
        self._grant(cache, list(workers.values()))
        #: Starts the reader.
        self.rule = events.Rule(
            self,
            "EveryMinute",
            description=f"Counts the messages of {scope.node.path}",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[
                events_targets.LambdaFunction(
                    self.publisher,
                    event=events.RuleTargetInput.from_object(_event(self, tasks, cache, workers)),
                    # The next minute counts anew.
                    retry_attempts=0,
                    max_event_age=Duration.minutes(1),
                )
            ],
        )
        self.publisher.configure_async_invoke(retry_attempts=0, max_event_age=Duration.minutes(1))
        #: Goes off when messages could not be counted.
        self.alarm = cloudwatch.Alarm(
            self,
            "Alarm",
            metric=self.publisher.metric_errors(period=Duration.minutes(1), statistic="Sum"),
            threshold=1,
            evaluation_periods=5,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=(
                f"The queues of {scope.node.path} were not counted for five minutes: its workers "
                "do not scale. The logs of the two functions say why."
            ),
        )
        notify(self.alarm, alarm_topic)

    def _grant(self, cache: Cache, services: Sequence[ecs.FargateService]) -> None:
        """What the publisher may do, and nothing else."""
        self.reader.grant_invoke(self.publisher)
        if cache.password is not None:
            cache.password.secret.grant_read(self.publisher)
        # It knows no resource; the namespace is what narrows it.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
        namespace = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        allow(self.publisher, ["cloudwatch:PutMetricData"], ["*"], namespace)
        allow(self.publisher, ["ecs:DescribeServices"], [one.service_arn for one in services])


def _need_cache(backing: Backing, workers: Sequence[Process]) -> Cache:
    if backing.cache is None:
        raise OptionError(
            "cache",
            None,
            f"the scaling of worker {workers[0].name!r} counts messages in it: leave "
            "backlog_per_task out, or give the cache.",
        )
    return backing.cache


def _event(
    queue_depth: QueueDepth,
    tasks: ApplicationTasks,
    cache: Cache,
    workers: Mapping[Process, ecs.FargateService],
) -> dict[str, Any]:
    password = cache.password
    return {
        "Reader": queue_depth.reader.function_name,
        "Cache": {
            "Host": cache.host,
            "Port": cache.port,
            "Tls": cache.tls,
            # Not None: the CDK leaves it out.
            "Secret": password.secret.secret_arn if password else "",
            "Field": password.field if password else "",
        },
        "Cluster": tasks.cluster.cluster_name,
        "Workers": [
            {"Service": service.service_name, "Queues": list(process.queues)}
            for process, service in workers.items()
        ],
    }
