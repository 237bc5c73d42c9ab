"""Bad input: the error names construct path, option, value and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import OptionError
from tests.site.sites import (
    ABSENT,
    CERTIFICATE,
    DIST,
    DOMAIN,
    EU,
    PUBLIC_KEY,
    REGIONAL_CERTIFICATE,
    US,
    django_vue,
    site_in_domain,
    static_site,
)
from tests.stacks import ACCOUNT, new_stack

LOAD_BALANCER = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/a/b"

Bad = Mapping[str, tuple[Mapping[str, Any], str, str]]

#: What went wrong -> the options, the option that is named, and what the remedy says.
BOTH: Bad = {
    "a build that is missing": (
        {"path_to_dist": "no/such/dist"},
        "path_to_dist",
        "build the site first (for Vite: npm ci && npm run build)",
    ),
    "a directory that is no build": (
        {"path_to_dist": str(Path(__file__).parent)},
        "path_to_dist",
        "there is no index.html in it; build the site first",
    ),
    "patterns that take index.html": ({"hashed_paths": ["*"]}, "hashed_paths", "index.html"),
    "a pattern with a slash in front": (
        {"hashed_paths": ["/assets/*"]},
        "hashed_paths",
        "give 'assets/*'",
    ),
    "a certificate of another region": (
        {"certificate_arn": REGIONAL_CERTIFICATE},
        "certificate_arn",
        "it lies in eu-west-1, and us-east-1 is needed here",
    ),
    "a certificate that is none": (
        {"certificate_arn": "0a1b"},
        "certificate_arn",
        "arn:aws:acm:REGION:ACCOUNT:certificate/ID",
    ),
    "a regional web ACL": (
        {"web_acl_arn": f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/shield/0a1b"},
        "web_acl_arn",
        "give a web ACL of scope CLOUDFRONT",
    ),
    "a web ACL of another region": (
        {"web_acl_arn": f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:global/webacl/shield/0a1b"},
        "web_acl_arn",
        "which lies in us-east-1",
    ),
    "files that expire at once": ({"superseded_days": 0}, "superseded_days", "1 or more"),
    "a removal policy of databases": (
        {"removal_policy": cdk.RemovalPolicy.SNAPSHOT},
        "removal_policy",
        "give RemovalPolicy.DESTROY",
    ),
}

SITE: Bad = {
    **BOTH,
    "a domain outside its zone": (
        {"frontend_domain_name": "www.example.org"},
        "frontend_domain_name",
        "it lies outside the zone 'example.com'",
    ),
    "a domain that only ends like its zone": (
        {"frontend_domain_name": "myexample.com"},
        "frontend_domain_name",
        "give a name that ends in .example.com",
    ),
    "a domain that is a URL": (
        {"frontend_domain_name": "https://www.example.com"},
        "frontend_domain_name",
        "without scheme, port or path",
    ),
    "a domain in upper case": (
        {"frontend_domain_name": "WWW.example.com"},
        "frontend_domain_name",
        "in lower case",
    ),
    "a domain without its zone": (
        {"zone_name": ABSENT, "hosted_zone_id": ABSENT},
        "frontend_domain_name",
        "give zone_name (or hosted_zone) too",
    ),
    "a zone without a domain": (
        {"frontend_domain_name": ABSENT},
        "zone_name",
        "does nothing without frontend_domain_name",
    ),
    "a certificate without a domain": (
        dict.fromkeys(DOMAIN, ABSENT) | {"certificate_arn": CERTIFICATE},
        "certificate_arn",
        "does nothing without frontend_domain_name",
    ),
    "paths without a load balancer": (
        {"backend_paths": ["/api/*"]},
        "backend_paths",
        "does nothing without load_balancer",
    ),
    "access without a load balancer": (
        {"load_balancer_access": "public"},
        "load_balancer_access",
        "does nothing without load_balancer",
    ),
    "private media without a bucket": (
        {"media_access": "private"},
        "media_access",
        "does nothing without assets_bucket",
    ),
    "a media key without a bucket": (
        {"media_public_key": PUBLIC_KEY},
        "media_public_key",
        "does nothing without assets_bucket",
    ),
    "cache headers without a bucket": (
        {"static_cache_control": "no-store"},
        "static_cache_control",
        "does nothing without assets_bucket",
    ),
}

VUE: Bad = {
    **BOTH,
    "a domain outside its zone": (
        {"domain_name": "blog.example.org"},
        "domain_name",
        "it lies outside the zone 'example.com'",
    ),
    "a domain that is a URL": (
        {"domain_name": "https://blog.example.com/"},
        "domain_name",
        "without scheme, port or path",
    ),
    "a domain without its zone": (
        {"zone_name": ABSENT, "hosted_zone_id": ABSENT},
        "domain_name",
        "give zone_name (or hosted_zone) too",
    ),
    "a load balancer's certificate of another region": (
        {"load_balancer_certificate_arn": CERTIFICATE},
        "load_balancer_certificate_arn",
        "it lies in us-east-1, and eu-west-1 is needed here",
    ),
    "an unknown way to the load balancer": (
        {"load_balancer_access": "private"},
        "load_balancer_access",
        "give one of 'vpc_origin', 'public'",
    ),
    "a path that comes twice": (
        {"backend_paths": ["/api/*", "/api/*"]},
        "backend_paths",
        "this path is taken already",
    ),
    "a path of the bucket": (
        {"backend_paths": ["/media/*"]},
        "backend_paths",
        "this path is taken already",
    ),
    "a path that hides files of the site": (
        {"backend_paths": ["/assets/*"]},
        "path_to_dist",
        "can't be reached: /assets/* goes elsewhere",
    ),
    "the whole site as a path": ({"backend_paths": ["/*"]}, "backend_paths", "such as '/api/*'"),
    "no path at all": ({"backend_paths": []}, "backend_paths", "give a list of patterns"),
    "an unknown kind of media": (
        {"media_access": "signed"},
        "media_access",
        "give one of 'public', 'private'",
    ),
    "private media without a key": (
        {"media_access": "private"},
        "media_access",
        "give media_public_key (PEM; Django signs with the private one) or media_key_group",
    ),
    "a key of public media": (
        {"media_public_key": PUBLIC_KEY},
        "media_access",
        "with a key, media files are private: say 'private'",
    ),
    "an option of the application that is wrong": ({"port": 0}, "port", "between 1 and 65535"),
    "no image": ({"image": ABSENT}, "image_directory", "give either image_directory"),
    "an option that is misspelt": (
        {"backend_pats": ["/api/*"]},
        "backend_pats",
        "did you mean 'backend_paths'?",
    ),
    "an option of the application that is misspelt": (
        {"web_comand": ["./start.sh"]},
        "web_comand",
        "did you mean 'web_command'?",
    ),
    "an option that follows from the domain": (
        {"frontend_url": "https://www.example.com"},
        "frontend_url",
        "it follows from domain_name",
    ),
    "a load balancer of the user's": (
        {"load_balancer": "arn"},
        "load_balancer",
        "it follows from domain_name",
    ),
}


def refused(build: Callable[..., Any], env: cdk.Environment, **options: Any) -> OptionError:
    with pytest.raises(OptionError) as error:
        build(new_stack(env=env), **options)
    assert isinstance(error.value, ValueError)
    return error.value


@pytest.mark.parametrize("case", SITE)
def test_static_site_refuses(case: str) -> None:
    options, option, remedy = SITE[case]
    error = refused(site_in_domain, EU, **options)

    assert (error.path, error.option) == ("Stack/Site", option)
    assert remedy in error.remedy


@pytest.mark.parametrize("case", VUE)
def test_django_vue_refuses(case: str) -> None:
    options, option, remedy = VUE[case]
    error = refused(django_vue, EU, **options)

    assert (error.path, error.option) == ("Stack/Blog", option)
    assert remedy in error.remedy


@pytest.mark.parametrize("case", ["a certificate of another region", "a regional web ACL"])
def test_the_value_that_was_given_is_shown(case: str) -> None:
    options, option, _ = BOTH[case]
    error = refused(site_in_domain, EU, **options)

    assert error.value == options[option]
    assert f"{option}={options[option]!r}: " in str(error)


def test_in_us_east_1_a_regional_certificate_is_of_another_region_too() -> None:
    error = refused(django_vue, US, certificate_arn=REGIONAL_CERTIFICATE)

    assert (error.path, error.option) == ("Stack/Blog", "certificate_arn")


def test_in_us_east_1_the_load_balancer_takes_cloudfronts_certificate() -> None:
    error = refused(django_vue, US, load_balancer_certificate_arn=CERTIFICATE)

    assert error.option == "load_balancer_certificate_arn"
    assert "certificate_arn serves both" in error.remedy


def test_a_load_balancer_needs_a_domain() -> None:
    stack = new_stack(env=EU)
    load_balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack, "Own", load_balancer_arn=LOAD_BALANCER, security_group_id="sg-0123456789abcdef0"
    )
    with pytest.raises(OptionError, match="give frontend_domain_name too") as error:
        static_site(stack, load_balancer=load_balancer)

    assert (error.value.option, error.value.value) == ("load_balancer", "Stack/Own")


def test_two_keys_for_media_are_one_too_many() -> None:
    stack = new_stack(env=EU)
    group = cloudfront.KeyGroup.from_key_group_id(stack, "Keys", "0a1b")
    with pytest.raises(OptionError, match="media_key_group gives the keys too") as error:
        static_site(
            stack,
            assets_bucket=s3.Bucket(stack, "Own"),
            media_access="private",
            media_public_key=PUBLIC_KEY,
            media_key_group=group,
        )
    assert error.value.option == "media_public_key"


def test_a_certificate_is_given_once() -> None:
    stack = new_stack(env=EU)
    certificate = acm.Certificate.from_certificate_arn(stack, "Own", CERTIFICATE)
    with pytest.raises(OptionError, match="give one of the two"):
        static_site(stack, **DOMAIN, certificate=certificate, certificate_arn=CERTIFICATE)


def test_a_refusal_leaves_other_errors_alone() -> None:
    with pytest.raises(TypeError, match="no_such_option"):
        static_site(new_stack(), no_such_option=DIST)
