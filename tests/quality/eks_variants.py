"""The variants of DjangoEks whose templates every check of this folder reads."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk

from django_cdk import DjangoEks
from tests.quality.variants import BACKEND, BLOG, EVERYTHING, Make, Options
from tests.stacks import DOMAIN, ENVIRONMENT, REGION

# The options of DjangoEcs that are its own.
SHARED: Options = {name: value for name, value in EVERYTHING.items() if name != "use_ecs_exec"}
IN_DOMAIN: Options = {
    "domain_name": DOMAIN["api_domain_name"],
    "zone_name": DOMAIN["zone_name"],
    "hosted_zone_id": DOMAIN["hosted_zone_id"],
}


def _everything(_stack: cdk.Stack) -> Options:
    return {
        **SHARED,
        **IN_DOMAIN,
        "container_insights": True,
        "admin_arns": [f"arn:aws:iam::111122223333:role/{name}" for name in ("Admin", "Ops")],
        "resource_quota": {"requests.cpu": "8"},
        "public_endpoint_cidrs": ["192.0.2.0/24"],
    }


def _auto_mode(_stack: cdk.Stack) -> Options:
    return {**SHARED, **IN_DOMAIN, "auto_mode": True}


def _irsa(_stack: cdk.Stack) -> Options:
    return {**IN_DOMAIN, "identity": "irsa", "container_insights": True}


def _arm64(_stack: cdk.Stack) -> Options:
    return {
        "image": None,
        "image_directory": str(BACKEND),
        "cpu_architecture": "ARM64",
        "spot_nodes": True,
    }


def _internal(_stack: cdk.Stack) -> Options:
    arn = f"arn:aws:acm:{REGION}:111122223333:certificate/0"
    return {
        **IN_DOMAIN,
        "certificate_arn": arn,
        "public_load_balancer": False,
        "public_endpoint_cidrs": [],
        "nat": "gateway_per_zone",
    }


EKS_VARIANTS: Mapping[str, Make] = {
    "EksEverything": _everything,
    "EksAutoMode": _auto_mode,
    "EksIrsa": _irsa,
    "EksArm64": _arm64,
    "EksInternal": _internal,
}


def build_eks_variants(app: cdk.App) -> None:
    """Make one stack for each variant."""
    for name, make in EKS_VARIANTS.items():
        stack = cdk.Stack(app, name, env=ENVIRONMENT if name == "EksInternal" else None)
        options = {**BLOG, **make(stack)}
        DjangoEks(stack, "Blog", **{key: one for key, one in options.items() if one is not None})
