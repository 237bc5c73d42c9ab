"""The variants of StaticSite and DjangoVue whose templates every check of this folder reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aws_cdk as cdk
import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_s3 as s3

from tests.quality.variants import BLOG, EVERYTHING, Options
from tests.site.sites import (
    CERTIFICATE,
    DOMAIN,
    EU,
    PRIVATE,
    PUBLIC_KEY,
    US,
    WEB_ACL,
    django_vue,
    static_site,
)

# The options of DjangoEcs that DjangoVue does not decide.
BACKEND: Options = {
    **BLOG,
    **{name: value for name, value in EVERYTHING.items() if name != "frontend_url"},
}


def _site(stack: cdk.Stack) -> None:
    static_site(
        stack,
        **DOMAIN,
        content_security_policy="default-src 'self'",
        access_logs=True,
        web_acl_arn=WEB_ACL,
        price_class=cloudfront.PriceClass.PRICE_CLASS_100,
    )


def _site_anywhere(stack: cdk.Stack) -> None:
    static_site(
        stack,
        **DOMAIN,
        certificate_arn=CERTIFICATE,
        hashed_paths=[],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def _two_sites(stack: cdk.Stack) -> None:
    static_site(stack, "One")
    static_site(stack, "Two", **DOMAIN)


def _vue(stack: cdk.Stack) -> None:
    django_vue(stack, **BACKEND)


def _vue_public(stack: cdk.Stack) -> None:
    django_vue(stack, **BACKEND, **PRIVATE, load_balancer_access="public")


def _vue_own_bucket(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(
        stack,
        "OwnBucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        server_access_logs_prefix="log/",
        cors=[
            s3.CorsRule(
                allowed_methods=[s3.HttpMethods.POST], allowed_origins=["https://blog.example.com"]
            )
        ],
    )
    key = cloudfront.PublicKey(stack, "OwnKey", encoded_key=PUBLIC_KEY)
    django_vue(
        stack,
        bucket=bucket,
        media_access="private",
        media_key_group=cloudfront.KeyGroup(stack, "OwnKeys", items=[key]),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


SITE_VARIANTS: Mapping[str, tuple[cdk.Environment | None, Callable[[cdk.Stack], None]]] = {
    "Site": (EU, _site),
    "SiteAnywhere": (None, _site_anywhere),
    "SiteTwo": (EU, _two_sites),
    "Vue": (EU, _vue),
    "VueInOneRegion": (US, _vue),
    "VuePublic": (EU, _vue_public),
    "VueOwnBucket": (EU, _vue_own_bucket),
}


def build_site_variants(app: cdk.App) -> None:
    """Make one stack for each variant."""
    for name, (environment, build) in SITE_VARIANTS.items():
        build(cdk.Stack(app, name, env=environment))
