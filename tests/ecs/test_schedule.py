"""Scheduled commands: started by EventBridge Scheduler, and failures are kept and seen."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_sns as sns
import pytest

from django_cdk import ScheduledCommand, Size
from tests.stacks import Resource, Synthesized, synthesize

NIGHTLY = ScheduledCommand(
    schedule="cron(0 3 * * ? *)",
    command=["python", "manage.py", "clearsessions"],
    timezone="Europe/Berlin",
    size=Size(cpu=256, memory_mib=512),
)
HOURLY = ScheduledCommand(schedule="rate(1 hour)", command=["./report.sh"])


def build(stack: cdk.Stack) -> dict[str, Any]:
    return {
        "scheduled_commands": {"clearsessions": NIGHTLY, "report": HOURLY},
        "alarm_topic": sns.Topic(stack, "Topic"),
    }


@pytest.fixture(scope="module")
def scheduled() -> Synthesized:
    return synthesize(build)


@pytest.fixture(scope="module")
def nightly(scheduled: Synthesized) -> Resource:
    return scheduled.template.of(scheduled.construct.schedule.commands[0].schedule)


@pytest.fixture(scope="module")
def failures(scheduled: Synthesized) -> Resource:
    return scheduled.template.of(scheduled.construct.schedule.failures)


def test_without_scheduled_commands_nothing_of_them_is_made(blog: Synthesized) -> None:
    assert blog.construct.schedule is None
    assert {"AWS::Scheduler::Schedule", "AWS::SQS::Queue"}.isdisjoint(blog.template.types)


def test_runs_by_its_expression_in_its_time_zone(nightly: Resource) -> None:
    assert (nightly["ScheduleExpression"], nightly["ScheduleExpressionTimezone"]) == (
        "cron(0 3 * * ? *)",
        "Europe/Berlin",
    )


def test_is_enabled(nightly: Resource) -> None:
    assert nightly["State"] == "ENABLED"


def test_each_command_is_a_task_of_its_own(scheduled: Synthesized) -> None:
    template = scheduled.template

    assert template.container("clearsessions")["Command"] == NIGHTLY.command
    assert template.container("report")["Command"] == HOURLY.command
    assert (template.task("clearsessions")["Cpu"], template.task("report")["Cpu"]) == ("256", "512")


def test_starts_its_task_in_the_cluster(scheduled: Synthesized, nightly: Resource) -> None:
    template = scheduled.template

    assert nightly["Target"]["Arn"] == template.of(scheduled.construct.cluster).attribute("Arn")
    assert nightly["Target"]["EcsParameters"]["TaskDefinitionArn"] == (
        template.task("clearsessions").ref
    )


def test_runs_where_the_services_run(scheduled: Synthesized, nightly: Resource) -> None:
    web = scheduled.template.of(scheduled.construct.web.service)

    assert nightly["Target"]["EcsParameters"]["NetworkConfiguration"] == web["NetworkConfiguration"]


def test_tasks_that_can_not_be_started_are_tried_again_then_kept(
    nightly: Resource, failures: Resource
) -> None:
    target = nightly["Target"]

    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 3}
    assert target["DeadLetterConfig"] == {"Arn": failures.attribute("Arn")}


def test_tasks_that_end_badly_are_kept_too(scheduled: Synthesized, failures: Resource) -> None:
    rule = scheduled.template.of(scheduled.construct.schedule.rule)

    assert rule["Targets"][0]["Arn"] == failures.attribute("Arn")
    assert rule["EventPattern"]["detail"]["$or"] == [
        {"containers": {"exitCode": [{"anything-but": [0]}]}},
        {"stopCode": ["TaskFailedToStart"]},
    ]


def test_only_ends_of_scheduled_commands_are_kept(scheduled: Synthesized) -> None:
    template = scheduled.template
    detail = template.of(scheduled.construct.schedule.rule)["EventPattern"]["detail"]

    assert detail["group"] == [
        f"family:{template.task(name)['Family']}" for name in ("clearsessions", "report")
    ]
    assert detail["clusterArn"] == [template.of(scheduled.construct.cluster).attribute("Arn")]
    assert detail["lastStatus"] == ["STOPPED"]


def test_failures_are_kept_for_two_weeks_encrypted(failures: Resource) -> None:
    assert failures["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert failures["SqsManagedSseEnabled"] is True


def test_a_failure_is_an_alarm(scheduled: Synthesized, failures: Resource) -> None:
    alarm = scheduled.template.of(scheduled.construct.schedule.alarm)

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": failures.attribute("QueueName")}]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)


def test_the_alarm_tells_the_topic(scheduled: Synthesized) -> None:
    alarm = scheduled.template.of(scheduled.construct.schedule.alarm)

    assert alarm["AlarmActions"] == [scheduled.template.one("AWS::SNS::Topic").ref]


@pytest.fixture(scope="module")
def role(scheduled: Synthesized) -> Resource:
    return scheduled.template.of(scheduled.construct.schedule.role)


def test_scheduler_starts_the_tasks_with_the_application_s_role(
    nightly: Resource, role: Resource
) -> None:
    assert nightly["Target"]["RoleArn"] == role.attribute("Arn")


def test_scheduler_takes_the_role_for_this_account_only(role: Resource) -> None:
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_scheduler_may_start_exactly_these_tasks(scheduled: Synthesized, role: Resource) -> None:
    template = scheduled.template

    started = [
        one["Resource"] for one in template.statements(role) if "ecs:RunTask" in one["Action"]
    ]
    flat = [one for value in started for one in (value if isinstance(value, list) else [value])]
    assert sorted(map(str, flat)) == sorted(
        str(template.task(name).ref) for name in ("clearsessions", "report")
    )


def test_scheduler_hands_the_tasks_their_roles_only(scheduled: Synthesized, role: Resource) -> None:
    template, tasks = scheduled.template, scheduled.construct.tasks

    (passed,) = [one for one in template.statements(role) if "iam:PassRole" in one["Action"]]
    assert sorted(map(str, passed["Resource"])) == sorted(
        str(template.of(one).attribute("Arn")) for one in (tasks.task_role, tasks.execution_role)
    )


def test_commands_may_be_called_like_anything_else_in_the_room() -> None:
    names = dict.fromkeys(["Failures", "Failed", "Alarm", "web", "release", "migrate"], HOURLY)

    synthesized = synthesize(scheduled_commands=names)

    assert len(synthesized.template.of_type("AWS::Scheduler::Schedule")) == 6
