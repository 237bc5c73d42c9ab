"""The Lambda functions themselves, with boto3, against moto's ECS and logs."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ecs.models import ecs_backends
from moto.moto_api import state_manager

from django_cdk.handlers.release import index
from django_cdk.handlers.release.faults import ReleaseError
from tests.handlers.fakes import FakeCloudFormation

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def cloud() -> Iterator[dict[str, Any]]:
    """One cluster, task definition and log group; gives the properties that name them."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        # moto moves a task on by itself at each look; here the test says when it ends.
        state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1000})
        index.world.cache_clear()
        # moto's CloudFormation would need the packages of every service that it can deploy.
        world = dataclasses.replace(index.world(), cloudformation=FakeCloudFormation())
        patch.setattr(index, "world", lambda: world)
        yield make_cloud()
        state_manager.unset_transition("ecs::task")


def make_cloud() -> dict[str, Any]:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    ecs = boto3.client("ecs")
    definition = ecs.register_task_definition(
        family="blog-release",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "web", "image": "blog:1", "memory": 512}],
    )["taskDefinition"]["taskDefinitionArn"]
    boto3.client("logs").create_log_group(logGroupName="/blog/release")
    return {
        "Cluster": ecs.create_cluster(clusterName="blog")["cluster"]["clusterArn"],
        "TaskDefinition": definition,
        "Subnets": [subnet],
        "SecurityGroups": [group],
    }


@pytest.fixture
def release_event(cloud: dict[str, Any], event: Any, request: Any) -> dict[str, Any]:
    """A first deployment's event, one request for each test."""
    return event(**cloud) | {"RequestId": request.node.name}


def end(polled: dict[str, Any], exit_code: int) -> None:
    """The request's task ends."""
    task = ecs_backends[DEFAULT_ACCOUNT_ID][REGION].tasks["blog"][polled["Release"]["TaskArn"]]
    task.status = task.last_status = task.desired_status = "STOPPED"
    task.stopped_reason = "Essential container in task exited"
    task.containers[0].exitCode = exit_code


def tasks(status: str = "RUNNING") -> set[str]:
    answer = boto3.client("ecs").list_tasks(cluster="blog", desiredStatus=status)
    return set(answer["taskArns"])


def write_log(polled: dict[str, Any], *lines: str) -> None:
    stream = f"release/web/{polled['Release']['TaskArn'].rsplit('/', 1)[-1]}"
    logs = boto3.client("logs")
    logs.create_log_stream(logGroupName="/blog/release", logStreamName=stream)
    now = int(index.world().clock.now() * 1000)
    events = [{"timestamp": now + n, "message": line} for n, line in enumerate(lines)]
    logs.put_log_events(logGroupName="/blog/release", logStreamName=stream, logEvents=events)


def test_a_command_is_started_watched_and_succeeds(release_event):
    polled = release_event | index.on_event(release_event, None)
    assert index.is_complete(polled, None) == {"IsComplete": False}
    end(polled, 0)
    answer = index.is_complete(polled, None)
    assert answer["IsComplete"] is True
    assert answer["Data"]["TaskArn"] == polled["Release"]["TaskArn"]


def test_a_failing_command_fails_with_the_last_lines_of_its_stream(release_event):
    polled = release_event | index.on_event(release_event, None)
    write_log(polled, "Traceback (most recent call last):", "\x1b[31mValueError: no\x1b[0m")
    end(polled, 3)
    with pytest.raises(ReleaseError, match="ended with exit code 3") as caught:
        index.is_complete(polled, None)
    assert str(caught.value).endswith("Traceback (most recent call last):\nValueError: no")


def test_a_request_delivered_twice_starts_one_task_though_moto_knows_no_client_token(release_event):
    before = tasks()
    first = index.on_event(release_event, None)
    assert index.on_event(release_event, None)["Release"]["TaskArn"] == first["Release"]["TaskArn"]
    assert tasks() - before == {first["Release"]["TaskArn"]}


def test_a_task_past_its_time_is_stopped(release_event):
    polled = release_event | index.on_event(release_event, None)
    polled["Release"]["StartedAt"] -= 1801
    write_log(polled, "waiting for a lock")
    with pytest.raises(ReleaseError, match="after 1800 seconds and was stopped"):
        index.is_complete(polled, None)
    assert polled["Release"]["TaskArn"] in tasks("STOPPED")


def test_a_cluster_that_is_gone_fails_in_ecs_own_words(release_event):
    release_event["ResourceProperties"]["Cluster"] += "-gone"
    with pytest.raises(ReleaseError, match="ClusterNotFoundException"):
        index.on_event(release_event, None)


def test_the_address_to_answer_cloudformation_is_never_logged(release_event, caplog):
    caplog.set_level(logging.INFO)
    polled = release_event | index.on_event(release_event, None)
    index.is_complete(polled, None)
    assert "cloudformation.example" not in caplog.text
