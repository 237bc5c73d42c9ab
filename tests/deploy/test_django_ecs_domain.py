"""DjangoEcs behind a domain: records, certificate, HTTPS, and what is told to the application."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, microblog
from tests.emulator.server import Emulator

STACK = "Domain"
ZONE = "domain.example.com"
NAME = f"api.{ZONE}"


@pytest.fixture(scope="module")
def zone(emulator: Emulator) -> str:
    """The hosted zone that a team has before it deploys."""
    route53 = emulator.client("route53")
    answer = route53.create_hosted_zone(Name=ZONE, CallerReference="team")
    return str(answer["HostedZone"]["Id"].removeprefix("/hostedzone/"))


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, STACK)


@pytest.fixture(scope="module")
def before(emulator: Emulator, zone: str) -> Inventory:
    return inventory(emulator)


@pytest.fixture(scope="module")
def blog(life: Life, zone: str, before: Inventory) -> MicroBlog:
    build = functools.partial(
        microblog,
        release_commands={},
        api_domain_name=NAME,
        zone_name=ZONE,
        hosted_zone_id=zone,
        frontend_url=f"https://www.{ZONE}",
    )
    return MicroBlog(life.emulator, life.deploy(build))


@pytest.fixture(scope="module")
def listeners(blog: MicroBlog) -> dict[int, dict[str, Any]]:
    """Port -> listener of the load balancer."""
    answer = blog.emulator.client("elbv2").describe_listeners(
        LoadBalancerArn=blog.balancer["LoadBalancerArn"]
    )
    return {one["Port"]: one for one in answer["Listeners"]}


def test_the_url_is_the_domains(blog: MicroBlog) -> None:
    assert blog.outputs["Url"] == f"https://{NAME}"


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_the_name_leads_to_the_load_balancer(blog: MicroBlog, zone: str, kind: str) -> None:
    records = blog.emulator.client("route53").list_resource_record_sets(HostedZoneId=zone)
    (record,) = [
        one
        for one in records["ResourceRecordSets"]
        if (one["Name"].rstrip("."), one["Type"]) == (NAME, kind)
    ]
    target = record["AliasTarget"]["DNSName"].rstrip(".").removeprefix("dualstack.")

    assert target.lower() == blog.balancer["DNSName"].lower()


def test_the_load_balancer_speaks_ipv4_and_ipv6(blog: MicroBlog) -> None:
    assert blog.balancer["IpAddressType"] == "dualstack"


def test_https_has_the_domains_certificate_and_a_modern_policy(
    blog: MicroBlog, listeners: dict[int, dict[str, Any]]
) -> None:
    (used,) = listeners[443]["Certificates"]
    certificate = blog.emulator.client("acm").describe_certificate(
        CertificateArn=used["CertificateArn"]
    )["Certificate"]

    assert (certificate["DomainName"], certificate["Status"]) == (NAME, "ISSUED")
    assert listeners[443]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")


def test_http_is_redirected_for_good(listeners: dict[int, dict[str, Any]]) -> None:
    (action,) = listeners[80]["DefaultActions"]

    assert action["Type"] == "redirect"
    assert action["RedirectConfig"]["StatusCode"] == "HTTP_301"
    assert (action["RedirectConfig"]["Protocol"], action["RedirectConfig"]["Port"]) == (
        "HTTPS",
        "443",
    )


def test_there_are_no_other_listeners(listeners: dict[int, dict[str, Any]]) -> None:
    assert listeners.keys() == {80, 443}


def test_the_application_knows_its_domain_and_its_front_end(blog: MicroBlog) -> None:
    environment = blog.environment()

    assert environment["ALLOWED_HOSTS"] == NAME
    assert environment["FRONTEND_URL"] == f"https://www.{ZONE}"
    assert f"https://www.{ZONE}" in environment["CSRF_TRUSTED_ORIGINS"].split(",")


def test_the_zone_of_the_team_stays_with_its_own_records_alone(
    life: Life, blog: MicroBlog, zone: str, before: Inventory
) -> None:
    life.destroy()

    records = life.emulator.client("route53").list_resource_record_sets(HostedZoneId=zone)
    assert {one["Type"] for one in records["ResourceRecordSets"]} <= {"NS", "SOA", "CNAME"}
    assert kept(life.emulator, before, STACK) == set()
