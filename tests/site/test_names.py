"""Names that CloudFront keeps once for an account: no two sites, stacks or regions share one.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import DjangoVue
from django_cdk.cdn.names import edge_name
from tests.site.sites import BLOG, DOMAIN, EU, PRIVATE, US, Made, django_vue, static_site
from tests.stacks import Template, new_app, new_stack

#: Type -> the property that holds its configuration; "" when the properties do.
NAMED = {
    "AWS::CloudFront::Function": "",
    "AWS::CloudFront::KeyGroup": "KeyGroupConfig",
    "AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig",
    "AWS::CloudFront::PublicKey": "PublicKeyConfig",
    "AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig",
    "AWS::CloudFront::VpcOrigin": "VpcOriginEndpointConfig",
}
NAMELESS = {"AWS::CloudFront::Distribution"}


def names(template: Template) -> list[str]:
    """Every such name in a template."""
    return [
        json.dumps((resource[config] if config else resource.properties)["Name"])
        for type_name, config in NAMED.items()
        for resource in template.of_type(type_name)
    ]


def vue_in(env: cdk.Environment | None, **stack: Any) -> Template:
    made = cdk.Stack(new_app(), "Stack", env=env, **stack)
    certificate = {"certificate_arn": f"arn:aws:acm:us-east-1:{'1' * 12}:certificate/a"}
    django_vue(made, **PRIVATE, **({} if env else certificate))
    return Template.of_stack(made)


@pytest.fixture(scope="module")
def first() -> Template:
    return vue_in(EU)


def test_every_kind_of_name_is_looked_at(first: Template) -> None:
    cloudfront = {one for one in first.types if one.startswith("AWS::CloudFront::")}

    assert cloudfront == {*NAMED, *NAMELESS}
    # A function, an origin access control, a VPC origin, a key, its group, four headers policies.
    assert len(names(first)) == 9


def test_names_are_as_cloudfront_takes_them(first: Template) -> None:
    for name in names(first):
        assert re.fullmatch(r'"[A-Za-z0-9_-]{1,64}"', name), name


@pytest.mark.parametrize(
    "other",
    [
        {"env": US},
        {"env": EU, "stack_name": "Production"},
        {"env": None},
    ],
    ids=["in another region", "under another stack name", "in any region"],
)
def test_the_same_app_deployed_again_shares_no_name(first: Template, other: dict[str, Any]) -> None:
    again = names(vue_in(**other))

    assert len(again) == len(names(first))
    assert set(again).isdisjoint(names(first))


def test_in_a_stack_for_any_region_names_hold_the_region_it_gets() -> None:
    assert all('{"Ref": "AWS::Region"}' in one for one in names(vue_in(None)))


def test_two_of_each_in_a_stack_share_no_name() -> None:
    stack = new_stack(env=EU)
    for number in (1, 2):
        static_site(
            stack, f"Site{number}", **DOMAIN | {"frontend_domain_name": f"s{number}.example.com"}
        )
        django_vue(stack, f"Blog{number}", **PRIVATE, domain_name=f"b{number}.example.com")
    found = names(Template.of_stack(stack))

    assert len(found) == len(set(found)) == 2 * 3 + 2 * 9


def test_two_of_each_in_a_stack_are_whole() -> None:
    stack = new_stack(env=EU)
    for number in (1, 2):
        static_site(stack, f"Site{number}")
        django_vue(stack, f"Blog{number}", domain_name=f"b{number}.example.com")
    template = Template.of_stack(stack)

    assert len(template.of_type("AWS::CloudFront::Distribution")) == 4
    assert len(template.of_type("AWS::RDS::DBInstance")) == 2
    # What serves all sites of a stack is there once.
    assert len(template.of_type("Custom::AWS")) == 1
    assert len(template.of_type("Custom::SupersededFiles")) == 4
    providers = [one for one in template.resources if "SupersededFilesProviderframework" in one]
    assert len([one for one in providers if "onEvent" in one]) == 1


def test_two_stacks_share_no_name() -> None:
    app = new_app()
    stacks = [new_stack(name, app=app, env=EU) for name in ("Test", "Production")]
    for stack in stacks:
        django_vue(stack, **PRIVATE)
    one, other = (names(Template.of_stack(stack)) for stack in stacks)

    assert set(one).isdisjoint(other)


def test_two_stages_share_no_name() -> None:
    app = new_app()
    found = []
    for name in ("Test", "Production"):
        stack = cdk.Stack(cdk.Stage(app, name, env=EU), "Stack")
        found.append(edge_name(django_vue(stack), "Router"))

    assert len(set(found)) == 2


def test_a_long_path_still_makes_a_name() -> None:
    stack = new_stack("S" * 60, env=cdk.Environment(region="ap-southeast-1"))
    one, other = (static_site(stack, f"{'Site' * 12}{number}") for number in (1, 2))

    assert max(map(len, (edge_name(one, "OriginAccess"), edge_name(other, "OriginAccess")))) <= 64
    assert edge_name(one, "OriginAccess") != edge_name(other, "OriginAccess")


def test_no_bucket_has_a_fixed_name(vue: Made[DjangoVue]) -> None:
    assert all(
        "BucketName" not in one.properties for one in vue.template.of_type("AWS::S3::Bucket")
    )


def test_the_same_input_gives_the_same_bytes(first: Template) -> None:
    again = vue_in(EU)

    assert again.text == first.text
    assert BLOG["domain_name"] in again.text
