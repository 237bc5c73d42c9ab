"""Sites for tests: a StaticSite or DjangoVue from its options to its templates, as plain values.

    made = synthesize_site(**DOMAIN)
    assert made.distribution["HttpVersion"] == "http2and3"

Both are given the stand-in of `integ/` as their build unless `path_to_dist` is; `write_dist` makes
another one. `Made.edge` is the template of the support stack in us-east-1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import aws_cdk as cdk

from django_cdk import DjangoVue, StaticSite
from tests.stacks import ACCOUNT, IMAGE, Options, Resource, Template, new_app, new_stack

C = TypeVar("C", StaticSite, DjangoVue)

EU = cdk.Environment(account=ACCOUNT, region="eu-west-1")
US = cdk.Environment(account=ACCOUNT, region="us-east-1")

ZONE: Options = {"zone_name": "example.com", "hosted_zone_id": "Z0123456789"}
#: A StaticSite's domain.
DOMAIN: Options = {"frontend_domain_name": "www.example.com", **ZONE}
#: The least that a DjangoVue takes.
BLOG: Options = {"domain_name": "blog.example.com", "image": IMAGE, **ZONE}

CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b"
REGIONAL_CERTIFICATE = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/0a1b"
WEB_ACL = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/shield/0a1b"
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtbLLiyrnI92g9lC+ZAZ7lS4i8zYU
bmqqEN5ylAvyarUOjJU+cnPhFCnGN4MXM5Mn3+EhlGQ0v7pJbmGG7TYLZQ==
-----END PUBLIC KEY-----
"""
PRIVATE: Options = {"media_access": "private", "media_public_key": PUBLIC_KEY}

DIST = str(Path(__file__).parents[2] / "integ" / "stand_in_dist")

#: Takes an option of BLOG or DOMAIN away.
ABSENT = object()

Make = Callable[[cdk.Stack], Options]


@dataclass(frozen=True)
class Made(Generic[C]):
    """One construct alone in a stack, and what it makes."""

    construct: C
    template: Template

    @property
    def distribution(self) -> Mapping[str, Any]:
        """The configuration of the distribution."""
        found: Mapping[str, Any] = self.template.one("AWS::CloudFront::Distribution")[
            "DistributionConfig"
        ]
        return found

    @property
    def default(self) -> Mapping[str, Any]:
        """The behaviour of the site itself."""
        found: Mapping[str, Any] = self.distribution["DefaultCacheBehavior"]
        return found

    @property
    def behaviors(self) -> Mapping[str, Mapping[str, Any]]:
        """Path pattern -> behaviour, in the order that CloudFront tries them."""
        return {one["PathPattern"]: one for one in self.distribution.get("CacheBehaviors", [])}

    def origin(self, behavior: Mapping[str, Any]) -> Mapping[str, Any]:
        """Where a behaviour goes."""
        (found,) = [
            one for one in self.distribution["Origins"] if one["Id"] == behavior["TargetOriginId"]
        ]
        return dict(found)

    def headers(self, behavior: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response headers policy of a behaviour."""
        policy = self.template.resources[behavior["ResponseHeadersPolicyId"]["Ref"]]
        found: Mapping[str, Any] = policy["ResponseHeadersPolicyConfig"]
        return found

    def upload(self, id: str) -> Resource:
        """The deployment of files with this construct id: Hashed or Pages."""
        (found,) = [
            one for one in self.template.of_type("Custom::CDKBucketDeployment") if id in one.id
        ]
        return found

    @property
    def edge(self) -> Template:
        """The template of the support stack."""
        return Template.of_stack(edge_stack(self.template.stack))


def edge_stack(stack: cdk.Stack) -> cdk.Stack:
    """The support stack of a stack."""
    stage = cdk.Stage.of(stack)
    assert stage
    found = stage.node.find_child(f"{stack.node.id}-edge-certificates")
    assert isinstance(found, cdk.Stack)
    return found


def static_site(stack: cdk.Stack, name: str = "Site", **options: Any) -> StaticSite:
    """A StaticSite with the stand-in as its build unless one is given."""
    return StaticSite(stack, name, **{"path_to_dist": DIST, **options})


def site_in_domain(stack: cdk.Stack, **options: Any) -> StaticSite:
    """A StaticSite with a domain, unless that is taken away."""
    return static_site(stack, **_without_absent({**DOMAIN, **options}))


def django_vue(stack: cdk.Stack, name: str = "Blog", **options: Any) -> DjangoVue:
    """A DjangoVue with a domain, a finished image and the stand-in, unless others are given."""
    return DjangoVue(stack, name, **_without_absent({"path_to_dist": DIST, **BLOG, **options}))


def _without_absent(options: Options) -> dict[str, Any]:
    return {name: one for name, one in options.items() if one is not ABSENT}


def synthesize_site(
    more: Make | None = None, *, env: cdk.Environment | None = EU, **options: Any
) -> Made[StaticSite]:
    """One StaticSite called Site alone in a stack, synthesized."""
    stack = new_stack(app=new_app(), env=env)
    construct = static_site(stack, **(more(stack) if more else {}), **options)
    return Made(construct, Template.of_stack(stack))


def synthesize_vue(
    more: Make | None = None, *, env: cdk.Environment | None = EU, **options: Any
) -> Made[DjangoVue]:
    """One DjangoVue called Blog alone in a stack, synthesized."""
    stack = new_stack(app=new_app(), env=env)
    construct = django_vue(stack, **{**options, **(more(stack) if more else {})})
    return Made(construct, Template.of_stack(stack))


def write_dist(folder: Path, files: Mapping[str, str]) -> str:
    """Write these files (path -> content) to a folder, and return its path."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return str(folder)
