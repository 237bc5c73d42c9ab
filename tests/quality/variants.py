"""The variants of DjangoEcs whose templates every check of this folder reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_sns as sns

from django_cdk import (
    AuroraServerless,
    DjangoEcs,
    Postgres,
    Scaling,
    ScheduledCommand,
    Valkey,
    Worker,
)
from tests.stacks import DOMAIN, ENVIRONMENT, IMAGE, REGION

BACKEND = Path(__file__).parents[2] / "test" / "django-step-by-step" / "backend"

Options = Mapping[str, Any]
Make = Callable[[cdk.Stack], Options]

# With a worker, so that each template has every kind of task a usual application has.
BLOG: Options = {"image": IMAGE, "celery_app": "backend.celery_app:app"}
EVERYTHING: Options = {
    "use_ecs_exec": True,
    "use_celery_beat": True,
    "scheduled_commands": {
        "clearsessions": ScheduledCommand(
            schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
        )
    },
    "frontend_url": "https://www.example.com",
}


def _plain(_stack: cdk.Stack) -> Options:
    return {"image": None, "image_directory": str(BACKEND)}


def _domain(stack: cdk.Stack) -> Options:
    topic = sns.Topic(stack, "Alarms", enforce_ssl=True)
    return {**DOMAIN, **EVERYTHING, "alarm_topic": topic, "container_insights": True}


def _certificate_given(_stack: cdk.Stack) -> Options:
    arn = f"arn:aws:acm:{REGION}:111122223333:certificate/0"
    return {**DOMAIN, "certificate_arn": arn, "public_load_balancer": False}


def _own_vpc(stack: cdk.Stack) -> Options:
    return {"vpc": ec2.Vpc(stack, "OwnVpc", max_azs=2, restrict_default_security_group=True)}


def _aurora(_stack: cdk.Stack) -> Options:
    return {"database": AuroraServerless(readers=1), "cache": Valkey(replicas=1)}


def _no_nat(_stack: cdk.Stack) -> Options:
    return {"nat": "none"}


def _nat_instance(_stack: cdk.Stack) -> Options:
    return {"nat": "instance"}


def _zone_redundant(_stack: cdk.Stack) -> Options:
    return {"nat": "gateway_per_zone", "database": Postgres(multi_az=True)}


def _arm64(_stack: cdk.Stack) -> Options:
    return {"image": None, "image_directory": str(BACKEND), "cpu_architecture": "ARM64"}


def _two_queues(_stack: cdk.Stack) -> Options:
    return {
        "celery_queues": {"mail": Worker(scaling=Scaling(max_count=3)), "images": Worker(spot=True)}
    }


def _messages(stack: cdk.Stack) -> Options:
    topic = sns.Topic(stack, "Alarms", enforce_ssl=True)
    scaling = Scaling(min_count=0, max_count=5, cpu_percent=None, backlog_per_task=20)
    return {"celery_queues": {"mail": Worker(scaling=scaling)}, "alarm_topic": topic}


def _read_only(_stack: cdk.Stack) -> Options:
    return {"read_only_root_filesystem": True, "user": "999:999"}


def _destroy(_stack: cdk.Stack) -> Options:
    return {**EVERYTHING, "removal_policy": cdk.RemovalPolicy.DESTROY}


def _bare(_stack: cdk.Stack) -> Options:
    return {
        "celery_app": None,
        "database": None,
        "cache": None,
        "release_commands": {},
        "environment": {"ALLOWED_HOSTS": "{host}"},
    }


VARIANTS: Mapping[str, Make] = {
    "Plain": _plain,
    "Domain": _domain,
    "CertificateGiven": _certificate_given,
    "OwnVpc": _own_vpc,
    "Aurora": _aurora,
    "NoNat": _no_nat,
    "NatInstance": _nat_instance,
    "ZoneRedundant": _zone_redundant,
    "Arm64": _arm64,
    "TwoQueues": _two_queues,
    "Messages": _messages,
    "ReadOnly": _read_only,
    "Destroy": _destroy,
    "Bare": _bare,
}
# Bound to an account and region; the others are for any.
BOUND = {"CertificateGiven"}


def build_variants(app: cdk.App) -> None:
    """Make one stack for each variant."""
    for name, make in VARIANTS.items():
        stack = cdk.Stack(app, name, env=ENVIRONMENT if name in BOUND else None)
        options = {**BLOG, **make(stack)}
        DjangoEcs(stack, "Blog", **{key: one for key, one in options.items() if _given(key, one)})


def _given(name: str, value: object) -> bool:
    # None takes an option of BLOG away, but says "no database" and "no cache".
    return value is not None or name in ("database", "cache")
