"""DjangoVue in front of a public load balancer: only who carries the secret header gets in."""

from __future__ import annotations

import functools
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import DjangoVue
from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.deploy.sites import build, distribution, make_zone, origins
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION
from tests.routing.local.sample import BACKEND

ZONE = "example.net"
DOMAIN = f"blog.{ZONE}"
HEADER = "X-Origin-Verify"


def public(stack: cdk.Stack, **options: Any) -> DjangoVue:
    return DjangoVue(
        stack,
        "MicroBlog",
        domain_name=DOMAIN,
        zone_name=ZONE,
        load_balancer_access="public",
        image_directory=str(BACKEND),
        web_command=["./scripts/start_prod.sh"],
        django_settings_module="backend.settings.aws",
        removal_policy=cdk.RemovalPolicy.DESTROY,
        **options,
    )


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> Inventory:
    return inventory(emulator)


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "PublicVue", region=REGION)


@pytest.fixture(scope="module")
def made(
    life: Life,
    emulator: Emulator,
    before: Inventory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outputs:
    """The deployment: one stack, in the region of CloudFront's certificates."""
    assert before is not None
    dist = build(tmp_path_factory.mktemp("vue"), "a")
    zone = make_zone(emulator, ZONE)
    return life.deploy(functools.partial(public, path_to_dist=dist, hosted_zone_id=zone))


@pytest.fixture(scope="module")
def config(emulator: Emulator, made: Outputs) -> dict[str, Any]:
    return distribution(emulator, made["SiteDistributionId"])


@pytest.fixture(scope="module")
def balancer(emulator: Emulator, config: dict[str, Any]) -> dict[str, Any]:
    """The load balancer that CloudFront asks."""
    asked = {one["DomainName"].lower() for one in origins(config).values()}
    found = emulator.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (one,) = [one for one in found if one["DNSName"].lower() in asked]
    return dict(one)


@pytest.fixture(scope="module")
def secret(config: dict[str, Any], balancer: dict[str, Any]) -> str:
    """The value that CloudFront sends along."""
    (origin,) = [
        one
        for one in origins(config).values()
        if one["DomainName"].lower() == balancer["DNSName"].lower()
    ]
    (header,) = origin["CustomHeaders"]["Items"]
    assert header["HeaderName"] == HEADER
    return str(header["HeaderValue"])


def test_cloudfront_sends_a_generated_secret(
    emulator: Emulator, secret: str, balancer: dict[str, Any]
) -> None:
    assert balancer["Scheme"] == "internet-facing"
    assert len(secret) == 40
    manager = emulator.client("secretsmanager")
    values = [
        manager.get_secret_value(SecretId=one["ARN"])["SecretString"]
        for one in manager.list_secrets()["SecretList"]
    ]
    assert secret in values


def test_the_listener_forwards_only_what_carries_it(
    emulator: Emulator, secret: str, balancer: dict[str, Any]
) -> None:
    elb = emulator.client("elbv2")
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (listener,) = [one for one in listeners if one["Port"] == 443]
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    (rule,) = [one for one in rules if not one["IsDefault"]]
    (condition,) = rule["Conditions"]

    assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    assert condition["HttpHeaderConfig"] == {"HttpHeaderName": HEADER, "Values": [secret]}
    assert rule["Actions"][0]["Type"] == "forward"


def test_nobody_but_cloudfronts_addresses_is_let_in(
    emulator: Emulator, balancer: dict[str, Any]
) -> None:
    ec2 = emulator.client("ec2")
    groups = ec2.describe_security_groups(GroupIds=balancer["SecurityGroups"])["SecurityGroups"]
    rules = [rule for one in groups for rule in one["IpPermissions"]]

    assert [rule["FromPort"] for rule in rules] == [443]
    assert rules[0]["PrefixListIds"]
    assert not rules[0]["IpRanges"]


def test_one_certificate_serves_both(
    emulator: Emulator, config: dict[str, Any], balancer: dict[str, Any]
) -> None:
    listeners = emulator.client("elbv2").describe_listeners(
        LoadBalancerArn=balancer["LoadBalancerArn"]
    )["Listeners"]
    (listener,) = [one for one in listeners if one["Port"] == 443]

    assert (
        listener["Certificates"][0]["CertificateArn"]
        == (config["ViewerCertificate"]["ACMCertificateArn"])
    )


def test_when_it_is_deleted_nothing_stays(
    emulator: Emulator, life: Life, before: Inventory, made: Outputs
) -> None:
    life.destroy()

    assert kept(emulator, before, life.name) == set()
