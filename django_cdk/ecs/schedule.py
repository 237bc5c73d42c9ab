"""Scheduled commands: EventBridge Scheduler starts a task, and failures are kept and seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_cloudwatch as cloudwatch
import aws_cdk.aws_events as events
import aws_cdk.aws_events_targets as events_targets
import aws_cdk.aws_iam as iam
import aws_cdk.aws_scheduler as scheduler
import aws_cdk.aws_scheduler_targets as scheduler_targets
import aws_cdk.aws_sqs as sqs
from aws_cdk import Duration, Stack, TimeZone
from constructs import Construct

from .alarms import notify

if TYPE_CHECKING:
    import aws_cdk.aws_sns as sns

    from django_cdk.process import Process

    from .tasks import ApplicationTasks, DefinedTask


class ScheduledCommands(Construct):
    """The scheduled commands of an application.

    A command that could not be started, or ended with another exit code than 0, leaves a message
    in one queue, on which an alarm stands.

    :param tasks: what all tasks share.
    :param alarm_topic: is told when the alarm goes off; None: nobody.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        alarm_topic: sns.ITopic | None,
    ) -> None:
        super().__init__(scope, id)
        #: One message for each failure, kept for 14 days.
        self.failures = sqs.Queue(
            self,
            "Failures",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        #: Role with which Scheduler starts the tasks. The CDK's own would be one for all
        #: applications of the stack.
        self.role = iam.Role(self, "Role", assumed_by=_scheduler(self))
        #: One for each command, as they are written.
        self.commands = [
            ScheduledTask(
                self,
                f"Command-{process.name}",
                tasks=tasks,
                process=process,
                role=self.role,
                failures=self.failures,
            )
            for process in tasks.app.scheduled
        ]
        #: Sees commands that ended badly.
        self.rule = self._watch(tasks)
        #: Goes off while a failure lies in the queue.
        self.alarm = cloudwatch.Alarm(
            self,
            "Alarm",
            metric=self.failures.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(5), statistic="Maximum"
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=(
                f"A scheduled command of {scope.node.path} failed; the queue's messages say which. "
                "Purge the queue when it is dealt with."
            ),
        )
        notify(self.alarm, alarm_topic)

    def _watch(self, tasks: ApplicationTasks) -> events.Rule:
        """Sends the end of each task that failed to the queue."""
        families = [f"family:{one.task.definition.family}" for one in self.commands]
        return events.Rule(
            self,
            "Failed",
            description="Scheduled commands that did not end with exit code 0",
            event_pattern=events.EventPattern(
                source=["aws.ecs"],
                detail_type=["ECS Task State Change"],
                detail={
                    "clusterArn": [tasks.cluster.cluster_arn],
                    "lastStatus": ["STOPPED"],
                    "group": families,
                    "$or": [
                        {"containers": {"exitCode": [{"anything-but": [0]}]}},
                        {"stopCode": ["TaskFailedToStart"]},
                    ],
                },
            ),
            targets=[events_targets.SqsQueue(self.failures)],
        )


class ScheduledTask(Construct):
    """One scheduled command.

    :param tasks: what all tasks share.
    :param process: the command.
    :param role: starts the task.
    :param failures: takes the message when the task can't be started.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        process: Process,
        role: iam.IRole,
        failures: sqs.IQueue,
    ) -> None:
        super().__init__(scope, id)
        self.task: DefinedTask = tasks.define(self, process)
        #: The EventBridge schedule.
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            schedule=_expression(process),
            description=" ".join(process.command or ())[:512],
            target=scheduler_targets.EcsRunFargateTask(
                tasks.cluster,
                role=role,
                task_definition=self.task.definition,
                vpc_subnets=tasks.placement.tasks,
                assign_public_ip=tasks.placement.assign_public_ip,
                security_groups=[tasks.security_group],
                propagate_tags=True,
                enable_ecs_managed_tags=True,
                dead_letter_queue=failures,
                retry_attempts=3,
                max_event_age=Duration.hours(1),
            ),
        )


def _scheduler(scope: Construct) -> iam.ServicePrincipal:
    """Scheduler, for schedules of this account only.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    of_account = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
    return iam.ServicePrincipal("scheduler.amazonaws.com", conditions=of_account)


def _expression(process: Process) -> scheduler.ScheduleExpression:
    command = process.schedule
    if command is None:  # pragma: no cover - DjangoApp gives each scheduled process its schedule
        message = f"{process.name} is no scheduled process"
        raise AssertionError(message)
    return scheduler.ScheduleExpression.expression(command.schedule, TimeZone.of(command.timezone))
