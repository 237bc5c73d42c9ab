"""The Lambda door outside the VPC: `queue_depth.index.publish`, called once a minute.

It asks `reader` (inside the VPC, which needs no way to AWS) for the lengths of the queues, ECS for
the desired number of tasks, and puts the metrics of `contract` for each worker. The event, the
same each time:

===========  ==================================================================================
`Reader`     name of the function inside the VPC
`Cache`      its `Host`, `Port`, `Tls`, and `Secret` and `Field` of the password (empty: none)
`Cluster`    name of the ECS cluster
`Workers`    list of `Service`, the service's name, and `Queues`, the names of its queues
===========  ==================================================================================

What its role needs: `secretsmanager:GetSecretValue` on the one secret, `lambda:InvokeFunction` on
the reader, `ecs:DescribeServices` on the services, `cloudwatch:PutMetricData` in the one namespace.

Never logged: what is sent to the reader, which holds the password.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from .broker import Count
from .contract import NAMESPACE
from .metrics import metric_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Together below the function's half minute; the next minute tries again.
_CONFIG = Config(connect_timeout=2, read_timeout=12, retries={"total_max_attempts": 2})

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
_SERVICES_PER_CALL = 10
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
_METRICS_PER_CALL = 1000


class ReaderError(Exception):
    """The function inside the VPC failed; its own log has the whole story."""


class Client(Protocol):
    """A boto3 client; which calls are made stands below."""

    def __getattr__(self, operation: str) -> Any:
        """An operation of the service."""


@dataclass(kw_only=True)
class World:
    """All that the function reaches outside its own memory.

    :param passwords: ARN and field of a secret -> the password, kept while nothing fails.
    """

    secretsmanager: Client
    functions: Client
    ecs: Client
    cloudwatch: Client
    passwords: dict[tuple[str, str], str] = field(default_factory=dict)


@functools.cache
def _world() -> World:
    make = functools.partial(boto3.client, config=_CONFIG)
    return World(
        secretsmanager=make("secretsmanager"),
        functions=make("lambda"),
        ecs=make("ecs"),
        cloudwatch=make("cloudwatch"),
    )


def publish(event: Mapping[str, Any], _context: object) -> None:
    """Puts the metrics of every worker."""
    publish_in(_world(), event)


def publish_in(world: World, event: Mapping[str, Any]) -> None:
    """The same, in a world that a test may give.

    :raises ReaderError: the queues could not be read; then no metric is put, and nothing scales.
    """
    try:
        counts = _counts(world, event)
    except Exception:
        # The password may have changed.
        world.passwords.clear()
        raise
    desired = _desired(world, event["Cluster"], [one["Service"] for one in event["Workers"]])
    data = [
        metric
        for worker, found in zip(event["Workers"], counts, strict=True)
        # A service that is not there yet, or no more, has no tasks to be counted by.
        if worker["Service"] in desired
        for metric in metric_data(
            event["Cluster"], worker["Service"], found, desired[worker["Service"]]
        )
    ]
    for some in _pieces(data, _METRICS_PER_CALL):
        world.cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=some)


def _counts(world: World, event: Mapping[str, Any]) -> list[Count]:
    cache = event["Cache"]
    request = {
        "Host": cache["Host"],
        "Port": cache["Port"],
        "Tls": cache["Tls"],
        "Password": _password(world, cache),
        "Queues": [worker["Queues"] for worker in event["Workers"]],
    }
    answer = world.functions.invoke(
        FunctionName=event["Reader"], Payload=json.dumps(request).encode()
    )
    found = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise ReaderError(found.get("errorMessage", answer["FunctionError"]))
    return [Count(waiting=waiting, in_hand=hand, later=later) for waiting, hand, later in found]


def _password(world: World, cache: Mapping[str, Any]) -> str | None:
    if not cache["Secret"]:
        return None
    key = (cache["Secret"], cache["Field"])
    if key not in world.passwords:
        text = world.secretsmanager.get_secret_value(SecretId=cache["Secret"])["SecretString"]
        world.passwords[key] = json.loads(text)[cache["Field"]] if cache["Field"] else text
    return world.passwords[key]


def _desired(world: World, cluster: str, services: Sequence[str]) -> dict[str, int]:
    return {
        found["serviceName"]: found["desiredCount"]
        for some in _pieces(sorted(set(services)), _SERVICES_PER_CALL)
        for found in world.ecs.describe_services(cluster=cluster, services=some)["services"]
        if found["status"] == "ACTIVE"
    }


def _pieces(every: Sequence[Any], size: int) -> Iterator[list[Any]]:
    return (list(every[start : start + size]) for start in range(0, len(every), size))
