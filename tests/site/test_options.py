"""Every option of StaticSite and DjangoVue changes the template: none is accepted and ignored.

The tables name each keyword. One that is added and not named here fails the test of the table.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import pytest
from constructs import Construct

from django_cdk import DjangoEcs, DjangoVue, StaticSite
from django_cdk.django_vue import _DECIDED
from django_cdk.ecs.props import DjangoEcsProps
from tests.ecs.test_options import APPLICATION, BUILD, DOOR, NOT_ON_ECS, Change, directory
from tests.site.sites import (
    ABSENT,
    CERTIFICATE,
    DIST,
    EU,
    PRIVATE,
    PUBLIC_KEY,
    REGIONAL_CERTIFICATE,
    WEB_ACL,
    django_vue,
    site_in_domain,
    write_dist,
)
from tests.stacks import Template, new_stack


def own_load_balancer(stack: cdk.Stack) -> Mapping[str, Any]:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    return {"load_balancer": elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=vpc)}


def own_bucket(stack: cdk.Stack) -> Mapping[str, Any]:
    return {"assets_bucket": s3.Bucket(stack, "Own")}


def own_zone(stack: cdk.Stack) -> Mapping[str, Any]:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", zone_name="example.com", hosted_zone_id="Z9"
    )
    return {"hosted_zone": zone}


def own_keys(stack: cdk.Stack) -> Mapping[str, Any]:
    key = cloudfront.PublicKey(stack, "Key", encoded_key=PUBLIC_KEY)
    return {"media_key_group": cloudfront.KeyGroup(stack, "Keys", items=[key])}


#: Options that both constructs take, with the same meaning.
SHARED: Mapping[str, Change] = {
    "hashed_paths": Change({"hashed_paths": ["*.js"]}),
    "backend_paths": Change({"backend_paths": ["/api/*"]}),
    "load_balancer_access": Change({"load_balancer_access": "public"}),
    "static_cache_control": Change({"static_cache_control": "public, max-age=60"}),
    "media_access": Change(PRIVATE),
    "media_public_key": Change(
        {**PRIVATE, "media_public_key": PUBLIC_KEY.replace("bmqqEN5y", "bmqqEN5z")},
        instead=PRIVATE,
    ),
    "media_key_group": Change(
        {"media_access": "private"}, instead={"media_access": "public"}, made=own_keys
    ),
    "content_security_policy": Change({"content_security_policy": "default-src 'self'"}),
    "access_logs": Change({"access_logs": True}),
    "web_acl_arn": Change({"web_acl_arn": WEB_ACL}),
    "price_class": Change({"price_class": cloudfront.PriceClass.PRICE_CLASS_200}),
    "superseded_days": Change({"superseded_days": 90}),
    "removal_policy": Change({"removal_policy": cdk.RemovalPolicy.DESTROY}),
    # Without an id, so that the zone is looked up by its name.
    "zone_name": Change({"zone_name": "com"}, beside={"hosted_zone_id": ABSENT}),
    "hosted_zone_id": Change({"hosted_zone_id": "Z2"}),
    "hosted_zone": Change({"zone_name": ABSENT, "hosted_zone_id": ABSENT}, made=own_zone),
    "certificate_arn": Change({"certificate_arn": CERTIFICATE}),
}

#: Keyword of StaticSite -> what it changes; each site has a domain, and load balancer and assets
#: bucket where the option is about them.
SITE: Mapping[str, Change] = {
    **SHARED,
    "frontend_domain_name": Change({"frontend_domain_name": "new.example.com"}),
    "certificate": Change(
        made=lambda stack: {
            "certificate": acm.Certificate.from_certificate_arn(stack, "Own", CERTIFICATE)
        }
    ),
    "load_balancer": Change(made=own_load_balancer),
    "assets_bucket": Change(made=own_bucket),
}

#: Keyword of DjangoVue -> what it changes.
VUE: Mapping[str, Change] = {
    **SHARED,
    "domain_name": Change({"domain_name": "new.example.com"}),
    "load_balancer_certificate_arn": Change(
        {"load_balancer_certificate_arn": REGIONAL_CERTIFICATE}
    ),
}

ABOUT_THE_BACKEND = {
    *("backend_paths", "load_balancer_access", "static_cache_control"),
    *("media_access", "media_public_key", "media_key_group"),
}

#: Options of DjangoEcs and DjangoApp that DjangoVue hands on.
HANDED_ON = {
    name: change
    for name, change in {**DOOR, **APPLICATION}.items()
    if name not in _DECIDED | {*VUE}
}

Build = Callable[..., Construct]

NOTHING = Change()
NONE: Mapping[str, Any] = {}


def assembly(
    build: Build,
    change: Change = NOTHING,
    *,
    beside: Mapping[str, Any] = NONE,
    without: str = "",
    given: bool = True,
) -> tuple[Any, ...]:
    """The templates of an app, and what is to be looked up for it.

    :param without: the option that is left out of what the change makes in the stack.
    :param given: use what the change gives, else what stands there instead.
    """
    stack = new_stack(env=EU)
    made = dict(change.made(stack)) if change.made else {}
    made.pop(without, None)
    build(
        stack, **{**beside, **change.beside, **made, **(change.given if given else change.instead)}
    )
    folder = Template.of_stack(stack).assembly
    missing = json.loads((folder / "manifest.json").read_text()).get("missing")
    return (missing, *sorted(path.read_text() for path in folder.glob("*.template.json")))


@functools.cache
def defaults(build: Build) -> tuple[Any, ...]:
    """The app with no option given."""
    return assembly(build)


def changes(build: Build, change: Change, option: str, **beside: Any) -> bool:
    """Whether an option changes the app."""
    if change.made or change.instead or change.beside or beside:
        before = assembly(build, change, beside=beside, without=option, given=False)
    else:
        before = defaults(build)
    return assembly(build, change, beside=beside) != before


def keywords(construct: type[Construct]) -> set[str]:
    parameters = inspect.signature(construct.__init__).parameters.values()
    return {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}


def test_the_table_names_every_keyword_of_static_site() -> None:
    assert {*SITE, "path_to_dist"} == keywords(StaticSite)


def test_the_table_names_every_keyword_of_django_vue() -> None:
    assert {*VUE, "path_to_dist"} == keywords(DjangoVue)


def test_django_vue_hands_on_every_option_of_django_ecs_but_those_it_decides() -> None:
    own = keywords(DjangoVue)
    application = {*APPLICATION, *BUILD, *NOT_ON_ECS, "image_directory"}

    handed_on = set(DjangoEcsProps.__annotations__) - application
    assert handed_on == keywords(DjangoEcs) - _DECIDED - own
    assert handed_on | application == set(DjangoEcsProps.__annotations__)


@pytest.mark.parametrize("option", SITE)
def test_an_option_of_static_site_changes_the_template(option: str) -> None:
    change = with_backend(SITE[option]) if option in ABOUT_THE_BACKEND else SITE[option]

    assert changes(site_in_domain, change, option)


def with_backend(change: Change) -> Change:
    """The same change of a site that has a load balancer and an assets bucket both times."""

    def made(stack: cdk.Stack) -> Mapping[str, Any]:
        backend = {**own_load_balancer(stack), **own_bucket(stack)}
        return {**backend, **(change.made(stack) if change.made else {})}

    return replace(change, made=made)


@pytest.mark.parametrize("option", VUE)
def test_an_option_of_django_vue_changes_the_template(option: str) -> None:
    assert changes(django_vue, VUE[option], option)


@pytest.mark.parametrize("option", HANDED_ON)
def test_django_vue_hands_on(option: str) -> None:
    assert changes(django_vue, HANDED_ON[option], option)


@pytest.mark.parametrize("option", BUILD)
def test_django_vue_hands_on_how_the_image_is_built(tmp_path: Path, option: str) -> None:
    beside = {"image": ABSENT, "image_directory": directory(tmp_path)}

    assert changes(django_vue, Change({option: BUILD[option]}), option, **beside)


@pytest.mark.parametrize("build", [site_in_domain, django_vue])
def test_another_build_changes_the_template(build: Build, tmp_path: Path) -> None:
    dist = write_dist(tmp_path, {"index.html": "new"})

    assert changes(build, Change({"path_to_dist": dist}), "path_to_dist")


@pytest.mark.parametrize("build", [site_in_domain, django_vue])
def test_a_default_that_is_given_changes_nothing(build: Build) -> None:
    """So that the tests above don't compare what differs anyway."""
    given = Change({"path_to_dist": DIST, "superseded_days": 30})

    assert not changes(build, given, "superseded_days")
