"""How an application is."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from django_cdk.cli import report
from django_cdk.cli.ecs.application import EcsApplication, ecs_applications
from django_cdk.cli.ecs.release import last_runs, release_results
from django_cdk.cli.ecs.status import status
from django_cdk.cli.report import (
    AlarmStatus,
    ProcessStatus,
    ReleaseResult,
    Status,
    TargetHealth,
)
from django_cdk.cli.stack import Resource, find_stack
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION
from tests.cli.test_stack import arguments

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "cli.md"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1"
MIGRATE, COLLECT = "BlogReleaseCommandmigrate12345678", "BlogReleaseCommandcollect12345678"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_status(**changes: Any) -> Status:
    """An application that is well."""
    web = ProcessStatus(name="web", running=2, desired=2, pending=0, rollout="completed")
    given: dict[str, Any] = {
        "app": "Blog",
        "target": "ecs",
        "stack": "Shop",
        "stack_status": "UPDATE_COMPLETE",
        "changed_at": NOON,
        "region": REGION,
        "url": "https://blog.example.com",
        "processes": [web],
        "release": [ReleaseResult(name="migrate", command=[], result="succeeded", time=NOON)],
        "targets": [TargetHealth(target="10.0.0.1:8000", state="healthy")],
        "alarms": [AlarmStatus(name="Errors", state="OK")],
    }
    return Status(**{**given, **changes})


def test_an_application_without_problems_is_healthy() -> None:
    assert make_status().as_json()["healthy"] is True


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"stack_status": "UPDATE_ROLLBACK_FAILED"}, "the stack is UPDATE_ROLLBACK_FAILED"),
        (
            {
                "processes": [
                    ProcessStatus(name="web", running=1, desired=2, pending=1, rollout="completed")
                ]
            },
            "web runs 1 of 2",
        ),
        (
            {
                "processes": [
                    ProcessStatus(name="beat", running=1, desired=1, pending=0, rollout="failed")
                ]
            },
            "beat runs 1 of 1, its rollout failed",
        ),
        (
            {"release": [ReleaseResult(name="migrate", command=[], result="failed", time=NOON)]},
            "migrate failed",
        ),
        (
            {"targets": [TargetHealth(target="10.0.0.1:8000", state="unhealthy")]},
            "target 10.0.0.1:8000 is unhealthy",
        ),
        ({"alarms": [AlarmStatus(name="Errors", state="ALARM")]}, "alarm Errors"),
    ],
)
def test_what_is_not_as_it_should_be_is_a_problem(changes: Mapping[str, Any], problem: str) -> None:
    told = make_status(**changes).as_json()

    assert (told["healthy"], told["problems"]) == (False, [problem])


_PARTS: Mapping[str, type] = {
    "processes": ProcessStatus,
    "events": report.Event,
    "release": ReleaseResult,
    "targets": TargetHealth,
    "alarms": AlarmStatus,
}


def keys_of(shape: Any, before: str = "") -> set[str]:
    """Its keys, those of its parts as ``processes[].name``."""
    keys: set[str] = set()
    for field in dataclasses.fields(shape):
        part = _PARTS.get(field.name)
        name = f"{before}{field.name}"
        keys |= keys_of(part, f"{name}[].") if part else {name}
    return keys


def test_the_keys_for_machines_are_documented() -> None:
    table = DOCUMENTATION.read_text().split("| key | meaning |")[1].split("\n\n")[0]

    documented = set(re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE))

    assert documented == keys_of(Status) | {"healthy", "problems"}


def test_json_is_what_machines_read(shop: None, cli: Cli) -> None:
    told = json.loads(cli("status", "--json").out)

    assert (told["app"], told["stack"], told["region"]) == ("Blog", "Shop", REGION)


def test_the_url_is_that_of_the_load_balancer(shop: None, cli: Cli) -> None:
    assert json.loads(cli("status", "--json").out)["url"].endswith(".elb.amazonaws.com")


def test_every_service_is_told_with_its_numbers(shop: None, cli: Cli) -> None:
    told = json.loads(cli("status", "--json").out)["processes"]

    numbers = {one["name"]: (one["running"], one["desired"]) for one in told}
    assert numbers["worker:celery"] == (0, 1)
    assert list(numbers) == ["web", "worker:celery", "beat"]


def test_the_table_names_every_part(shop: None, cli: Cli) -> None:
    shown = cli("status").out

    for part in ("Blog (ecs, eu-west-1)", "worker:celery runs 0 of 1", "Shop: CREATE_COMPLETE"):
        assert part in shown


def test_the_exit_code_is_0_however_the_application_is(shop: None, cli: Cli) -> None:
    assert cli("status").code == 0


class Ecs:
    """ECS in the middle of a rollout that fails."""

    def __init__(self, service: Mapping[str, Any]) -> None:
        self._service = service

    def describe_services(self, **_: Any) -> Any:
        return {"services": [self._service]}

    def describe_task_definition(self, **_: Any) -> Any:
        options = {"awslogs-group": "group", "awslogs-stream-prefix": "web"}
        container = {"name": "web", "logConfiguration": {"options": options}}
        return {"taskDefinition": {"family": "web", "containerDefinitions": [container]}}

    def list_tasks(self, **_: Any) -> Any:
        return {"taskArns": ["one", "two"]}

    def describe_tasks(self, **_: Any) -> Any:
        digests = ("sha256:old", "sha256:new", "sha256:new")
        containers = [{"name": "web", "imageDigest": digest} for digest in digests]
        return {"tasks": [{"containers": [one]} for one in containers]}


@pytest.fixture
def failing(shop: None) -> EcsApplication:
    """An application whose web service rolls back."""
    (application,) = ecs_applications(find_stack(arguments()))
    events = [{"createdAt": NOON, "message": f"event {n}"} for n in range(9)]
    deployments = [
        {"status": "ACTIVE", "rolloutState": "COMPLETED"},
        {
            "status": "PRIMARY",
            "rolloutState": "FAILED",
            "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.",
        },
    ]
    service = {
        "serviceName": "web",
        "taskDefinition": "web:1",
        "runningCount": 2,
        "desiredCount": 2,
        "pendingCount": 1,
        "deployments": deployments,
        "events": events,
    }
    application.__dict__["ecs"] = Ecs(service)
    return application


def test_the_rollout_is_that_of_the_primary_deployment(failing: EcsApplication) -> None:
    (web,) = status(failing).processes

    assert (web.rollout, web.pending) == ("failed", 1)
    assert web.reason == "ECS deployment circuit breaker: tasks failed to start."


def test_both_images_of_a_rollout_are_told(failing: EcsApplication) -> None:
    assert status(failing).processes[0].images == ["sha256:new", "sha256:old"]


def test_the_last_three_events_are_told(failing: EcsApplication) -> None:
    events = status(failing).processes[0].events

    assert [one.text for one in events] == ["event 0", "event 1", "event 2"]


def test_targets_are_told_as_the_load_balancer_sees_them(failing: EcsApplication) -> None:
    (service,) = failing.ecs.describe_services()["services"]  # type: ignore[call-arg]
    service["loadBalancers"] = [{"targetGroupArn": "group"}]
    health = {
        "Target": {"Id": "10.0.0.1", "Port": 8000},
        "TargetHealth": {"State": "unhealthy", "Description": "Health checks failed: 400"},
    }
    failing.__dict__["elbv2"] = SimpleNamespace(
        describe_target_health=lambda TargetGroupArn: {"TargetHealthDescriptions": [health]}  # noqa: N803
    )

    assert status(failing).targets == [
        TargetHealth(target="10.0.0.1:8000", state="unhealthy", reason="Health checks failed: 400")
    ]


def test_alarms_of_the_application_are_told_and_no_others(failing: EcsApplication) -> None:
    cloudwatch = boto3.client("cloudwatch", region_name=REGION)
    for name in ("ours", "of-somebody-else"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            MetricName="Errors",
            Namespace="Shop",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmDescription="Errors.",
        )
    alarm = Resource(
        logical_id="BlogWebAlarmsErrors12345678",
        physical_id="ours",
        type="AWS::CloudWatch::Alarm",
    )
    watched = dataclasses.replace(failing, resources=[*failing.resources, alarm])
    watched.__dict__["ecs"] = failing.ecs

    assert [(one.name, one.description) for one in status(watched).alarms] == [("ours", "Errors.")]


def event(state: str, minute: int, id_: str = "", reason: str = "") -> dict[str, Any]:
    """An event of the stack itself, or of the release command."""
    properties = {"Name": id_[18:25], "Command": ["python", "manage.py", id_[18:25]]}
    return {
        "PhysicalResourceId": f"physical-{id_}" if id_ else STACK_ID,
        "LogicalResourceId": id_ or "Shop",
        "ResourceStatus": state,
        "ResourceStatusReason": reason,
        "ResourceProperties": json.dumps(properties),
        "Timestamp": NOON + timedelta(minutes=minute),
    }


DEPLOYED = [
    event("CREATE_IN_PROGRESS", 0),
    event("CREATE_IN_PROGRESS", 1, MIGRATE),
    event("CREATE_COMPLETE", 2, MIGRATE),
    event("CREATE_COMPLETE", 3, COLLECT),
    event("CREATE_COMPLETE", 4),
]
FAILED = [
    event("UPDATE_IN_PROGRESS", 10),
    event("UPDATE_COMPLETE", 11, MIGRATE),
    event("UPDATE_FAILED", 12, COLLECT, "Received response status [FAILED]"),
    event("UPDATE_ROLLBACK_IN_PROGRESS", 13),
    event("UPDATE_COMPLETE", 14, MIGRATE),
    event("UPDATE_COMPLETE", 15, COLLECT),
    event("UPDATE_ROLLBACK_COMPLETE", 16),
]


def times(events: list[dict[str, Any]]) -> dict[str, int]:
    found = last_runs(events, [MIGRATE, COLLECT], STACK_ID)  # type: ignore[arg-type]
    return {id_: int((one["Timestamp"] - NOON).seconds / 60) for id_, one in found.items()}


def test_the_last_run_of_a_release_command_is_its_last_event() -> None:
    assert times(DEPLOYED) == {MIGRATE: 2, COLLECT: 3}


def test_a_rollback_is_no_run_of_a_release_command() -> None:
    assert times([*DEPLOYED, *FAILED]) == {MIGRATE: 11, COLLECT: 12}


def test_a_command_that_a_deployment_left_alone_keeps_its_last_run() -> None:
    later = [event("UPDATE_IN_PROGRESS", 20), event("UPDATE_COMPLETE", 21, MIGRATE)]

    assert times([*DEPLOYED, *later]) == {MIGRATE: 21, COLLECT: 3}


def test_events_before_the_first_known_start_do_not_count() -> None:
    assert times(DEPLOYED[1:]) == {}


def test_the_removal_of_a_command_is_no_run() -> None:
    assert times(
        [*DEPLOYED, event("UPDATE_IN_PROGRESS", 20), event("DELETE_COMPLETE", 21, MIGRATE)]
    ) == {MIGRATE: 2, COLLECT: 3}


def results(events: list[dict[str, Any]]) -> list[ReleaseResult]:
    """As told for a stack with these events, which CloudFormation gives newest first."""
    pages = [{"StackEvents": events[::-1]}]
    client = SimpleNamespace(
        get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: iter(pages))
    )
    resources = [
        Resource(logical_id=id_, physical_id=id_, type="Custom::DjangoReleaseCommand")
        for id_ in (COLLECT, MIGRATE)
    ]
    stack = SimpleNamespace(id=STACK_ID, client=client)
    return release_results(EcsApplication(stack, "Blog", resources))  # type: ignore[arg-type]


def test_release_commands_are_told_in_the_order_they_ran_in() -> None:
    assert [one.name for one in results(DEPLOYED)] == ["migrate", "collect"]


def test_a_release_command_is_told_with_its_words() -> None:
    assert results(DEPLOYED)[0].command == ["python", "manage.py", "migrate"]


def test_a_failed_release_command_is_told_with_its_reason_alone() -> None:
    frame = (
        "Received response status [FAILED] from custom resource. Message returned: "
        "Error: Release command 'collect' ended with exit code 1\nNo space left.\n\n"
        "Logs: /aws/lambda/Shop-Framework\n\n    at invoke (/var/task/framework.js:2:6)"
    )
    events = [*DEPLOYED[:3], event("CREATE_FAILED", 5, COLLECT, frame)]

    told = results(events)[-1]

    assert (told.result, told.reason) == (
        "failed",
        "Release command 'collect' ended with exit code 1\nNo space left.",
    )


def test_a_release_command_under_way_is_running() -> None:
    assert results(DEPLOYED[:2])[0].result == "running"
