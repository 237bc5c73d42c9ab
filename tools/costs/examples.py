"""The configurations that the page compares, and what each choice changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from django_cdk import (
    AuroraServerless,
    DjangoEcs,
    DjangoEks,
    DockerEc2,
    Postgres,
    Scaling,
    Size,
    Valkey,
    Worker,
)
from tools.flags import recommended_flags

from .bill import Line, bill
from .prices import REGION

_IMAGE = "registry.example.com/blog:1"
_CELERY: Mapping[str, Any] = {"celery_app": "blog", "use_celery_beat": True}
_DOMAIN: Mapping[str, Any] = {"zone_name": "example.com", "hosted_zone_id": "Z0123456789"}
_SMALL = Size(cpu=256, memory_mib=512)


@dataclass(frozen=True)
class Example:
    """One application, as a reader would write it."""

    construct: Callable[..., object]
    options: Mapping[str, Any]

    @cached_property
    def lines(self) -> list[Line]:
        """What its template costs."""
        return bill(_template(self))


@dataclass(frozen=True)
class Choice:
    """An option beside the defaults of DjangoEcs with a worker and beat."""

    written: str
    options: Mapping[str, Any]
    note: str = ""


#: Title -> what is compared.
CONFIGURATIONS: Mapping[str, Example] = {
    "one machine": Example(
        DockerEc2,
        {
            "cpu_architecture": "ARM64",
            "domain_name": "blog.example.com",
            **_DOMAIN,
            **_CELERY,
        },
    ),
    "low": Example(
        DjangoEcs,
        {
            "nat": "none",
            "cpu_architecture": "ARM64",
            "web_size": _SMALL,
            "beat_size": _SMALL,
            "celery_queues": {"celery": Worker(size=_SMALL, spot=True)},
            "api_domain_name": "blog.example.com",
            **_DOMAIN,
            **_CELERY,
        },
    ),
    "medium": Example(
        DjangoEcs,
        {
            "api_domain_name": "blog.example.com",
            **_DOMAIN,
            **_CELERY,
        },
    ),
    "high": Example(
        DjangoEcs,
        {
            "nat": "gateway_per_zone",
            "web_size": Size(cpu=1024, memory_mib=2048),
            "web_scaling": Scaling(min_count=2, max_count=8),
            "celery_queues": {
                "celery": Worker(scaling=Scaling(min_count=2, max_count=6)),
            },
            "database": Postgres(instance_type="t4g.medium", multi_az=True, storage_gib=100),
            "cache": Valkey(node_type="cache.t4g.small", replicas=1),
            "use_ecs_exec": True,
            "api_domain_name": "blog.example.com",
            **_DOMAIN,
            **_CELERY,
        },
    ),
    "Kubernetes": Example(
        DjangoEks,
        {"user": "999:999", "domain_name": "blog.example.com", **_DOMAIN, **_CELERY},
    ),
}

BASE = CONFIGURATIONS["medium"]

CHOICES: tuple[Choice, ...] = (
    Choice('`nat="gateway_per_zone"`', {"nat": "gateway_per_zone"}, "survives the loss of a zone"),
    Choice(
        '`nat="instance"`',
        {"nat": "instance"},
        "a `t4g.nano` carries the traffic; nobody replaces it when it fails, and a deployment "
        "replaces it when AWS has a newer image: a short outage and a new address",
    ),
    Choice(
        '`nat="none"`',
        {"nat": "none"},
        "tasks have public addresses (billed, one each), though nothing may connect to them",
    ),
    Choice(
        '`cpu_architecture="ARM64"`',
        {"cpu_architecture": "ARM64"},
        "nothing is lost, if your image builds for it",
    ),
    Choice(
        "`web_size=Size(cpu=256, memory_mib=512)`", {"web_size": _SMALL}, "slower; watch memory"
    ),
    Choice(
        "`web_size=Size(cpu=1024, memory_mib=2048)`",
        {"web_size": Size(cpu=1024, memory_mib=2048)},
        "twice as much for each task",
    ),
    Choice(
        "`web_scaling=Scaling(min_count=2, max_count=4)`",
        {"web_scaling": Scaling(min_count=2, max_count=4)},
        "one more web task; the loss of one is not seen",
    ),
    Choice(
        '`celery_queues={"celery": Worker(spot=True)}`',
        {"celery_queues": {"celery": Worker(spot=True)}},
        "AWS may stop the task with two minutes' notice",
    ),
    Choice(
        '`workers={"mail": ["python", "manage.py", "mail"]}`',
        {"workers": {"mail": ["python", "manage.py", "mail"]}},
        "one more worker",
    ),
    Choice(
        "`database=Postgres(multi_az=True)`",
        {"database": Postgres(multi_az=True)},
        "a standby in another zone",
    ),
    Choice(
        '`database=Postgres(instance_type="t4g.small")`',
        {"database": Postgres(instance_type="t4g.small")},
        "2 GiB of memory instead of 1",
    ),
    Choice(
        '`database=Postgres(instance_type="t4g.medium")`',
        {"database": Postgres(instance_type="t4g.medium")},
        "4 GiB of memory instead of 1",
    ),
    Choice(
        "`database=AuroraServerless()`",
        {"database": AuroraServerless()},
        "awake all month on its least capacity; it pauses after 30 idle minutes and then costs "
        "storage only, and the first request waits about 15 seconds",
    ),
    Choice("`cache=Valkey(replicas=1)`", {"cache": Valkey(replicas=1)}, "takes over on failure"),
    Choice("`use_ecs_exec=True`", {"use_ecs_exec": True}, "a key of its own"),
    Choice(
        "`public_load_balancer=False`",
        {"public_load_balancer": False},
        "no public addresses, nobody from the internet",
    ),
)


def chosen(choice: Choice) -> Example:
    """The base, with a choice."""
    return Example(BASE.construct, {**BASE.options, **choice.options})


def _template(example: Example) -> Mapping[str, Any]:
    app = cdk.App(context=dict(recommended_flags()))
    environment = cdk.Environment(account="111122223333", region=REGION)
    stack = cdk.Stack(app, "Blog", env=environment)
    example.construct(stack, "Blog", image=_IMAGE, **example.options)
    assembly = app.synth()
    text = (Path(assembly.directory) / stack.template_file).read_text()
    template: Mapping[str, Any] = json.loads(text)
    return template
