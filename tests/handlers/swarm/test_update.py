"""The update of a swarm: when it is started, how it is followed, what a failure says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from django_cdk.handlers.swarm.update import UpdateError, begin, poll
from django_cdk.handlers.swarm.world import World

STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/Blog/0"
INSTANCE = "i-0123456789abcdef0"


class FakeSsm:
    """Systems Manager with one instance: what is sent, and how it ends."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.invocation: dict[str, Any] = {"Status": "Success"}

    def send_command(self, **request: Any) -> dict[str, Any]:
        self._fail_if_told("SendCommand")
        self.sent.append(request)
        return {"Command": {"CommandId": f"command-{len(self.sent)}"}}

    def get_command_invocation(self, **request: Any) -> dict[str, Any]:
        self._fail_if_told("GetCommandInvocation")
        assert request == {"CommandId": "command-1", "InstanceId": INSTANCE}
        return self.invocation

    def _fail_if_told(self, call: str) -> None:
        if self.errors:
            raise ClientError({"Error": {"Code": self.errors.pop(0), "Message": "no"}}, call)


class FakeCloudFormation:
    """A stack in a state."""

    def __init__(self) -> None:
        self.status = "UPDATE_IN_PROGRESS"

    def describe_stacks(self, **request: Any) -> dict[str, Any]:
        assert request == {"StackName": STACK}
        return {"Stacks": [{"StackStatus": self.status}]}


@pytest.fixture
def ssm() -> FakeSsm:
    return FakeSsm()


@pytest.fixture
def cloudformation() -> FakeCloudFormation:
    return FakeCloudFormation()


@pytest.fixture
def world(ssm: FakeSsm, cloudformation: FakeCloudFormation) -> World:
    return World(ssm=ssm, cloudformation=cloudformation, sleep=lambda _: None)


def event(kind: str = "Update", *, image: str = "blog:2", old: str = "blog:1") -> dict[str, Any]:
    """A request as CloudFormation sends it."""

    def properties(image: str) -> dict[str, Any]:
        return {"InstanceId": INSTANCE, "Document": "BlogUpdate", "Trigger": {"Image": image}}

    made = {
        "RequestType": kind,
        "ResponseURL": "https://cloudformation.example/answer?secret",
        "StackId": STACK,
        "LogicalResourceId": "Update",
        "ResourceProperties": properties(image),
    }
    if kind != "Create":
        made["PhysicalResourceId"] = "swarm-Update"
    if kind == "Update":
        made["OldResourceProperties"] = properties(old)
    return made


def polled(world: World) -> bool:
    """Whether a started update has ended."""
    return bool(poll({**event(), **begin(event(), world)}, world)["IsComplete"])


def test_a_changed_image_starts_the_update_on_the_instance(world: World, ssm: FakeSsm) -> None:
    begin(event(), world)

    (request,) = ssm.sent
    assert request["DocumentName"] == "BlogUpdate"
    assert request["InstanceIds"] == [INSTANCE]
    assert request["Parameters"] == {"Options": [""]}


@pytest.mark.parametrize("kind", ["Create", "Delete"])
def test_nothing_is_run_when_the_stack_is_made_or_deleted(
    world: World, ssm: FakeSsm, kind: str
) -> None:
    answer = begin(event(kind), world)

    assert ssm.sent == []
    assert poll({**event(kind), **answer}, world) == {"IsComplete": True}


def test_nothing_is_run_when_nothing_changed(world: World, ssm: FakeSsm) -> None:
    begin(event(image="blog:1"), world)

    assert ssm.sent == []


def test_the_physical_id_stays_so_that_no_delete_follows(world: World) -> None:
    made = begin(event("Create"), world)["PhysicalResourceId"]

    assert begin(event() | {"PhysicalResourceId": made}, world)["PhysicalResourceId"] == made


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_a_rollback_runs_no_release_commands(
    world: World, ssm: FakeSsm, cloudformation: FakeCloudFormation, status: str
) -> None:
    cloudformation.status = status

    begin(event(), world)

    assert ssm.sent[0]["Parameters"] == {"Options": ["--skip-release"]}


@pytest.mark.parametrize("error", ["InvalidInstanceId", "ThrottlingException"])
def test_an_instance_that_is_restarting_is_waited_for(
    world: World, ssm: FakeSsm, error: str
) -> None:
    ssm.errors = [error] * 3

    begin(event(), world)

    assert len(ssm.sent) == 1


def test_an_instance_that_never_answers_fails_the_deployment(world: World, ssm: FakeSsm) -> None:
    ssm.errors = ["InvalidInstanceId"] * 1000

    with pytest.raises(UpdateError, match=f"{INSTANCE} does not answer Systems Manager"):
        begin(event(), world)


def test_another_refusal_is_told_at_once(world: World, ssm: FakeSsm) -> None:
    ssm.errors = ["AccessDeniedException"]

    with pytest.raises(ClientError, match="AccessDeniedException"):
        begin(event(), world)


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Delayed"])
def test_an_update_under_way_is_waited_for(world: World, ssm: FakeSsm, status: str) -> None:
    ssm.invocation = {"Status": status}

    assert polled(world) is False


def test_an_update_that_succeeded_completes(world: World) -> None:
    assert polled(world) is True


@pytest.mark.parametrize("error", ["InvocationDoesNotExist", "ThrottlingException"])
def test_a_command_that_is_not_known_yet_is_waited_for(
    world: World, ssm: FakeSsm, error: str
) -> None:
    started = begin(event(), world)
    ssm.errors = [error]

    assert poll({**event(), **started}, world) == {"IsComplete": False}


@pytest.mark.parametrize("status", ["Failed", "TimedOut", "Cancelled"])
def test_a_failed_update_says_what_it_printed_last(world: World, ssm: FakeSsm, status: str) -> None:
    ssm.invocation = {
        "Status": status,
        "StandardErrorContent": "FAILED: release-migrate ended as 'failed'\n",
    }

    with pytest.raises(UpdateError, match="release-migrate ended as 'failed'") as failed:
        polled(world)
    assert status in str(failed.value)


@pytest.mark.parametrize(
    "line", ["x" * 30, "\u20ac" * 30, "x" * 20000], ids=["many", "wide", "long"]
)
def test_a_long_output_keeps_its_end_within_what_cloudformation_takes(
    world: World, ssm: FakeSsm, line: str
) -> None:
    printed = "\n".join([line] * 400) + "\nFAILED: the reason"
    ssm.invocation = {"Status": "Failed", "StandardErrorContent": printed}

    with pytest.raises(UpdateError) as failed:
        polled(world)
    assert str(failed.value).endswith("FAILED: the reason")
    assert len(json.dumps(str(failed.value))) <= 2200


@pytest.fixture
def emulated(
    cloudformation: FakeCloudFormation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("ssm", region_name="eu-central-1")
        client.create_document(
            Name="BlogUpdate",
            DocumentType="Command",
            DocumentFormat="JSON",
            Content=json.dumps({"schemaVersion": "2.2", "mainSteps": []}),
        )
        yield World(ssm=client, cloudformation=cloudformation, sleep=lambda _: None)


def test_the_requests_are_such_that_systems_manager_takes(emulated: World) -> None:
    started = begin(event(), emulated)

    assert poll({**event(), **started}, emulated) == {"IsComplete": True}
