"""The variants of DockerEc2 whose templates every check of this folder reads."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2

from django_cdk import DockerEc2
from tests.quality.variants import BACKEND, BLOG, Make, Options
from tests.stacks import DOMAIN, ENVIRONMENT

IN_DOMAIN: Options = {
    "domain_name": DOMAIN["api_domain_name"],
    "zone_name": DOMAIN["zone_name"],
    "hosted_zone_id": DOMAIN["hosted_zone_id"],
}


def _everything(_stack: cdk.Stack) -> Options:
    return {
        **IN_DOMAIN,
        "use_celery_beat": True,
        "use_portainer": True,
        "use_ssh": True,
        "key_name": "ops",
        "ssh_range": "192.0.2.0/24",
        "frontend_url": "https://www.example.com",
    }


def _file_system(stack: cdk.Stack) -> Options:
    vpc = ec2.Vpc(stack, "OwnVpc", max_azs=2, restrict_default_security_group=True)
    return {"data_storage": "efs", "vpc": vpc}


def _arm64(_stack: cdk.Stack) -> Options:
    return {
        "image": None,
        "image_directory": str(BACKEND),
        "cpu_architecture": "ARM64",
        "frontend_image_directory": str(BACKEND),
    }


def _bare(_stack: cdk.Stack) -> Options:
    return {
        "use_postgres": False,
        "use_valkey": False,
        "backup_days": 0,
        "release_commands": {},
        "environment": {"ALLOWED_HOSTS": "{host}"},
        "removal_policy": cdk.RemovalPolicy.DESTROY,
    }


EC2_VARIANTS: Mapping[str, Make] = {
    "Everything": _everything,
    "FileSystem": _file_system,
    "Arm64": _arm64,
    "Bare": _bare,
}
# Bound to an account and region; the others are for any.
BOUND = {"Everything"}


def build_ec2_variants(app: cdk.App) -> None:
    """Make one stack for each variant."""
    for name, make in EC2_VARIANTS.items():
        stack = cdk.Stack(app, f"Ec2{name}", env=ENVIRONMENT if name in BOUND else None)
        options = {**BLOG, **make(stack)}
        DockerEc2(stack, "Blog", **{key: one for key, one in options.items() if one is not None})
