"""The applications whose templates are simulated, synthesized as any user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from django_cdk import DjangoEcs, Scaling, Size, Worker

from .policies import Service, read_service

_COMMON: Mapping[str, Any] = {
    "image": "registry.example.com/blog:1",
    "celery_app": "blog.celery_app:app",
}


@dataclass(frozen=True, kw_only=True)
class Application:
    """What a template says.

    :param web: the scaling of the web process.
    :param worker: that of the worker for the queue celery; None: its number is fixed.
    :param give_up_seconds: idle timeout of the load balancer.
    """

    web: Service
    worker: Service | None
    give_up_seconds: float


def web_choices(requests_per_minute: int) -> dict[str, Mapping[str, Any]]:
    """What is compared, as a user writes it."""
    large = Size(cpu=1024, memory_mib=2048)
    return {
        "the defaults": {},
        "cpu_percent=40": {"web_scaling": Scaling(max_count=4, cpu_percent=40)},
        "min_count=2": {"web_scaling": Scaling(min_count=2, max_count=4)},
        f"requests_per_target={requests_per_minute}": {
            "web_scaling": Scaling(max_count=4, requests_per_target=requests_per_minute)
        },
        "1 vCPU, at most 2": {"web_size": large, "web_scaling": Scaling(max_count=2)},
    }


def worker_choices(backlog_per_task: int) -> dict[str, Mapping[str, Any]]:
    """What is compared, as a user writes it."""
    to_zero = Scaling(min_count=0, max_count=5, cpu_percent=None, backlog_per_task=backlog_per_task)
    one_at_least = Scaling(max_count=5, cpu_percent=None, backlog_per_task=backlog_per_task)
    return {
        f"min_count=0, backlog_per_task={backlog_per_task}": _worker(to_zero),
        f"min_count=1, backlog_per_task={backlog_per_task}": _worker(one_at_least),
        "cpu_percent=60": _worker(Scaling(max_count=5)),
    }


def _worker(scaling: Scaling) -> Mapping[str, Any]:
    return {"celery_queues": {"celery": Worker(scaling=scaling)}}


def synthesize(choices: Mapping[str, Mapping[str, Any]]) -> dict[str, Application]:
    """The applications, each alone in a stack."""
    app = cdk.App()
    found = {}
    for number, options in enumerate(choices.values()):
        stack = cdk.Stack(app, f"Stack{number}")
        found[stack.stack_name] = stack, DjangoEcs(stack, "Blog", **{**_COMMON, **options})
    assembly = app.synth()
    return {
        name: _read(assembly.get_stack_by_name(stack.stack_name).template, stack, django)
        for name, (stack, django) in zip(choices, found.values(), strict=True)
    }


def _read(template: Mapping[str, Any], stack: cdk.Stack, django: DjangoEcs) -> Application:
    def service(name: str) -> Service:
        child = django.services[name].node.default_child
        return read_service(template, str(stack.resolve(stack.get_logical_id(child))))  # type: ignore[arg-type]

    (balancer,) = (
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    )
    timeout = {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}
    return Application(
        web=service("web"),
        worker=service("celery") if django.workers["celery"].scaling else None,
        give_up_seconds=float(timeout["idle_timeout.timeout_seconds"]),
    )
