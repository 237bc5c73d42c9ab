"""The publisher: moto's ECS, Secrets Manager and CloudWatch, and the reader on a real Redis."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from django_cdk.handlers.queue_depth import index
from django_cdk.handlers.queue_depth.broker import Count
from django_cdk.handlers.queue_depth.index import ReaderError, World, publish_in
from django_cdk.handlers.queue_depth.metrics import metric_data
from django_cdk.handlers.queue_depth.reader import read_with
from tests.handlers.fakes import Fake
from tests.handlers.queue_depth.conftest import PASSWORD, Redis


def stream(answer: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(answer).encode())


class Functions(Fake):
    """Lambda with the one function inside the VPC, which answers and fails as Lambda tells it."""

    service = "lambda"

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self.redis = redis

    def invoke(self, **request: Any) -> dict[str, Any]:
        self._called("Invoke", request)
        try:
            answer = read_with(json.loads(request["Payload"]), context=self.redis.context)
        except Exception as error:
            answer = {"errorMessage": str(error), "errorType": type(error).__name__}
            return {
                "Payload": io.BytesIO(json.dumps(answer).encode()),
                "FunctionError": "Unhandled",
            }
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class CloudWatch(Fake):
    service = "cloudwatch"

    def put_metric_data(self, **request: Any) -> None:
        self._called("PutMetricData", request)


@pytest.fixture
def aws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        yield


@pytest.fixture
def world(aws: None, redis: Redis) -> World:
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="blog")
    ecs.register_task_definition(
        family="worker",
        containerDefinitions=[{"name": "worker", "image": "blog:1", "memory": 512}],
    )
    for name, number in (("mail", 2), ("images", 0)):
        ecs.create_service(
            cluster="blog", serviceName=name, taskDefinition="worker", desiredCount=number
        )
    return World(
        secretsmanager=boto3.client("secretsmanager"),
        functions=Functions(redis),
        ecs=ecs,
        cloudwatch=CloudWatch(),
    )


@pytest.fixture
def event(world: World, redis: Redis) -> dict[str, Any]:
    secret = world.secretsmanager.create_secret(Name="token", SecretString=PASSWORD)["ARN"]
    return {
        "Reader": "reader",
        "Cache": {
            "Host": "127.0.0.1",
            "Port": str(redis.tls_port),
            "Tls": True,
            "Secret": secret,
            "Field": "",
        },
        "Cluster": "blog",
        "Workers": [
            {"Service": "mail", "Queues": ["mail"]},
            {"Service": "images", "Queues": ["images"]},
        ],
    }


def put(world: World) -> dict[tuple[str, str], float]:
    """Service and metric -> value, of the one call."""
    (request,) = world.cloudwatch.named("PutMetricData")
    assert request["Namespace"] == "django-cdk"
    found = {}
    for one in request["MetricData"]:
        dimensions = {each["Name"]: each["Value"] for each in one["Dimensions"]}
        assert dimensions["ClusterName"] == "blog"
        found[dimensions["ServiceName"], one["MetricName"]] = one["Value"]
    return found


def test_puts_four_metrics_for_each_worker(
    world: World, event: dict[str, Any], redis: Redis
) -> None:
    redis.push("mail", 5)
    redis.take("mail")
    redis.push("images")

    publish_in(world, event)

    assert put(world) == {
        ("mail", "QueueDepth"): 5,
        ("mail", "Unacked"): 1,
        ("mail", "BacklogPerTask"): 3,
        ("mail", "HasBacklogWithoutCapacity"): 0,
        ("images", "QueueDepth"): 1,
        ("images", "Unacked"): 0,
        ("images", "BacklogPerTask"): 1,
        ("images", "HasBacklogWithoutCapacity"): 1,
    }


def test_a_service_that_is_not_there_has_no_metrics(world: World, event: dict[str, Any]) -> None:
    event["Workers"][1]["Service"] = "not-yet"

    publish_in(world, event)

    assert {service for service, _ in put(world)} == {"mail"}


def test_a_service_that_is_deleted_has_no_metrics(world: World, event: dict[str, Any]) -> None:
    world.ecs.delete_service(cluster="blog", service="images", force=True)

    publish_in(world, event)

    assert {service for service, _ in put(world)} == {"mail"}


def test_eleven_services_are_described_in_two_calls(world: World, event: dict[str, Any]) -> None:
    for number in range(9):
        world.ecs.create_service(
            cluster="blog", serviceName=f"w{number}", taskDefinition="worker", desiredCount=1
        )
        event["Workers"].append({"Service": f"w{number}", "Queues": [f"w{number}"]})

    publish_in(world, event)

    assert len(put(world)) == 11 * 4


def test_a_password_that_is_a_field_of_a_secret_is_taken_from_it(
    world: World, event: dict[str, Any]
) -> None:
    text = json.dumps({"password": PASSWORD})
    event["Cache"]["Secret"] = world.secretsmanager.create_secret(Name="j", SecretString=text)[
        "ARN"
    ]
    event["Cache"]["Field"] = "password"

    publish_in(world, event)

    assert put(world)


def test_the_password_is_read_once(world: World, event: dict[str, Any]) -> None:
    publish_in(world, event)
    world.secretsmanager.put_secret_value(SecretId=event["Cache"]["Secret"], SecretString="new")
    publish_in(world, event)

    assert len(world.cloudwatch.named("PutMetricData")) == 2


def test_after_a_failure_the_password_is_read_anew(world: World, event: dict[str, Any]) -> None:
    secret = event["Cache"]["Secret"]
    world.secretsmanager.put_secret_value(SecretId=secret, SecretString="old")
    with pytest.raises(ReaderError, match="WRONGPASS"):
        publish_in(world, event)
    world.secretsmanager.put_secret_value(SecretId=secret, SecretString=PASSWORD)

    publish_in(world, event)

    assert put(world)


def test_what_the_reader_failed_of_is_told_without_the_password(
    world: World, event: dict[str, Any]
) -> None:
    event["Cache"]["Port"] = "1"

    with pytest.raises(ReaderError, match="refused") as failed:
        publish_in(world, event)

    assert PASSWORD not in str(failed.value)
    assert world.cloudwatch.named("PutMetricData") == []


def test_a_cache_without_password_is_asked_without_one(world: World, event: dict[str, Any]) -> None:
    event["Cache"] |= {"Secret": "", "Field": ""}

    with pytest.raises(ReaderError, match="NOAUTH"):
        publish_in(world, event)


def test_the_door_makes_its_clients_once(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    index._world.cache_clear()
    seen: list[World] = []
    monkeypatch.setattr(index, "publish_in", lambda world, event: seen.append(world))

    index.publish({}, None)
    index.publish({}, None)
    index._world.cache_clear()

    assert seen[0] is seen[1]


def metric(name: str, found: Count, desired: int) -> float:
    (value,) = [
        one["Value"]
        for one in metric_data("cluster", "service", found, desired)
        if one["MetricName"] == name
    ]
    return float(value)


@pytest.mark.parametrize(
    ("found", "desired", "backlog"),
    [
        (Count(waiting=10), 0, 10),
        (Count(waiting=10), 1, 10),
        (Count(waiting=10, in_hand=2), 4, 3),
        (Count(in_hand=2), 2, 1),
        # For a later time: nothing to do now.
        (Count(later=5000), 0, 0),
    ],
)
def test_the_backlog_is_what_waits_and_what_is_in_hand_by_the_tasks_asked_for(
    found: Count, desired: int, backlog: float
) -> None:
    assert metric("BacklogPerTask", found, desired) == backlog


@pytest.mark.parametrize("found", [Count(), Count(later=9)])
def test_the_backlog_of_a_task_is_never_quite_zero(found: Count) -> None:
    """Target tracking would take the last task at 0, by its own clock."""
    assert 0 < metric("BacklogPerTask", found, 1) < 1


@pytest.mark.parametrize("found", [Count(waiting=1), Count(in_hand=1), Count(later=1)])
def test_any_message_wakes_a_worker_without_tasks(found: Count) -> None:
    assert metric("HasBacklogWithoutCapacity", found, 0) == 1
    assert metric("HasBacklogWithoutCapacity", found, 1) == 0


def test_no_message_wakes_nobody() -> None:
    assert metric("HasBacklogWithoutCapacity", Count(), 0) == 0


def test_messages_for_a_later_time_are_unacknowledged_too() -> None:
    assert metric("Unacked", Count(in_hand=1, later=2), 1) == 3
