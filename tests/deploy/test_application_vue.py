"""DjangoVue deployed, and used in Chromium through the routing of its distribution.

The distribution is played from the deployed template by the same stand-in as in tests/routing;
behind it are the emulator's bucket and the tasks that its ECS runs.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.deploy.lives import Life
from tests.emulator.deployed import deployed as deployed_stack
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION
from tests.emulator.target_group import TargetGroup
from tests.routing.local.sample import built_front_end
from tests.routing.local.tls import Certificate, make_certificate
from tests.routing.microblog import MicroBlog, shown_width
from tests.routing.pictures import png
from tests.routing.site import Ports, Site, site
from tests.routing.stack import DOMAIN, ORIGIN, ZONE, behind_one_domain
from tests.routing.template import Deployed

STACK = "Browsed"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"), [DOMAIN], "127.0.0.1")


@pytest.fixture(scope="session")
def deployed(emulator: Emulator) -> Deployed:
    """The stack, with the names that the emulator gave."""
    zones = emulator.client("route53")
    zone = zones.create_hosted_zone(Name=ZONE, CallerReference=STACK)["HostedZone"]["Id"]
    life = Life(emulator, STACK, REGION)
    life.deploy(
        functools.partial(
            behind_one_domain,
            dist=built_front_end(),
            hosted_zone_id=zone.rsplit("/", 1)[-1],
            use_celery_beat=True,
        )
    )
    return deployed_stack(life.deployer(), STACK)


@pytest.fixture(scope="session")
def domain(emulator: Emulator, deployed: Deployed, certificate: Certificate) -> Iterator[Site]:
    """The one domain, as the deployed distribution describes it."""
    (group,) = deployed.of_type("AWS::ElasticLoadBalancingV2::TargetGroup")
    with contextlib.closing(TargetGroup(emulator.client("elbv2"), deployed.ref(group))) as targets:
        ports = Ports(load_balancer=targets.port, s3=urlsplit(emulator.endpoint).port or 80)
        with site(deployed, ports, certificate) as running:
            yield running


@pytest.fixture(scope="session")
def hosts(domain: Site) -> dict[str, int]:
    return {f"{DOMAIN}:443": domain.https, f"{DOMAIN}:80": domain.http}


def test_the_front_end_is_served_from_its_bucket(page: Page) -> None:
    answer = page.goto("/")

    assert answer
    assert answer.status == 200
    expect(page.get_by_test_id("sign-up-link")).to_be_visible()


def test_a_person_signs_up_and_posts_a_picture(page: Page, complaints: list[str]) -> None:
    blog = MicroBlog(page)
    blog.sign_up()

    image = blog.post("look at this", png(600, 400)).get_by_test_id("post-image")

    expect(image).to_be_visible()
    assert str(image.get_attribute("src")).startswith((f"{ORIGIN}/media/", "/media/"))
    assert shown_width(image) in (400, 600)
    assert complaints == []


def test_a_post_is_there_for_who_comes_later(page: Page) -> None:
    blog = MicroBlog(page)
    blog.sign_up()
    blog.post("still here tomorrow")
    blog.log_out()

    page.goto("/")

    expect(blog.part("post-item").filter(has_text="still here tomorrow")).to_be_visible()


def test_the_administration_has_its_style(page: Page) -> None:
    answer = page.goto("/admin/", wait_until="networkidle")

    assert answer
    assert "Django" in page.title()
    # Its form is as wide as the window without the style.
    assert page.locator("#container").evaluate("one => getComputedStyle(one).display") == "flex"


def test_the_backend_is_asked_below_its_paths_only(domain: Site) -> None:
    assert domain.ask("/api/health-check/").headers.get("Content-Type") == "application/json"
    assert b"<!doctype html>" in domain.ask("/posts/1").body.lower()
