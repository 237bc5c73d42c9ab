"""The behaviours of a DjangoVue: which path goes where, and what passes on the way."""

from __future__ import annotations

import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import pytest

from django_cdk import DjangoVue
from tests.site.sites import DOMAIN, Made, static_site, synthesize_vue
from tests.stacks import ACCOUNT, Template, new_stack

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"

BACKEND = ["/api/*", "/api", "/admin/*", "/admin", "/graphql/*", "/graphql"]
BUCKET = ["/static/*", "/media/*"]


def test_the_paths_in_the_order_that_they_are_tried(vue: Made[DjangoVue]) -> None:
    assert list(vue.behaviors) == [*BACKEND, *BUCKET]


def test_other_paths_of_the_backend_are_an_option() -> None:
    made = synthesize_vue(backend_paths=["/api/*", "/ws/*", "/health"])

    assert list(made.behaviors) == ["/api/*", "/api", "/ws/*", "/ws", "/health", *BUCKET]


@pytest.mark.parametrize("path", BACKEND)
def test_the_backend_is_not_cached(vue: Made[DjangoVue], path: str) -> None:
    assert vue.behaviors[path]["CachePolicyId"] == CACHING_DISABLED


@pytest.mark.parametrize("path", BACKEND)
def test_the_backend_gets_host_cookies_headers_and_query(vue: Made[DjangoVue], path: str) -> None:
    assert vue.behaviors[path]["OriginRequestPolicyId"] == ALL_VIEWER


@pytest.mark.parametrize("path", BACKEND)
def test_the_backend_gets_every_method(vue: Made[DjangoVue], path: str) -> None:
    assert set(vue.behaviors[path]["AllowedMethods"]) == {
        *("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")
    }


@pytest.mark.parametrize("path", [*BACKEND, *BUCKET])
def test_plain_http_is_redirected(vue: Made[DjangoVue], path: str) -> None:
    assert vue.behaviors[path]["ViewerProtocolPolicy"] == "redirect-to-https"


@pytest.mark.parametrize("path", [*BACKEND, *BUCKET])
def test_the_router_runs_for_the_site_only(vue: Made[DjangoVue], path: str) -> None:
    assert "FunctionAssociations" not in vue.behaviors[path]
    assert len(vue.default["FunctionAssociations"]) == 1


def test_errors_of_the_backend_stay_its_own(vue: Made[DjangoVue]) -> None:
    assert "CustomErrorResponses" not in vue.distribution


def test_headers_that_the_backend_sets_win(vue: Made[DjangoVue]) -> None:
    headers = vue.headers(vue.behaviors["/api/*"])["SecurityHeadersConfig"]

    assert {name: one["Override"] for name, one in headers.items()} == {
        "StrictTransportSecurity": False,
        "ContentTypeOptions": False,
        "FrameOptions": False,
        "ReferrerPolicy": False,
    }


def test_a_content_security_policy_is_for_the_pages_only() -> None:
    made = synthesize_vue(content_security_policy="default-src 'self'")
    with_policy = {
        path
        for path, one in {"site": made.default, **made.behaviors}.items()
        if "default-src 'self'" in str(made.headers(one))
    }

    assert with_policy == {"site"}


@pytest.mark.parametrize("path", BUCKET)
def test_static_and_media_come_from_the_assets_bucket(vue: Made[DjangoVue], path: str) -> None:
    assets = vue.template.of(vue.construct.backend.static_file_bucket)
    origin = vue.origin(vue.behaviors[path])

    assert origin["DomainName"] == assets.attribute("RegionalDomainName")
    assert "OriginPath" not in origin


@pytest.mark.parametrize("path", BUCKET)
def test_static_and_media_are_cached_and_read_only(vue: Made[DjangoVue], path: str) -> None:
    behavior = vue.behaviors[path]

    assert behavior["CachePolicyId"] == CACHING_OPTIMIZED
    assert behavior["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert behavior["Compress"] is True


@pytest.mark.parametrize("path", BUCKET)
def test_the_host_header_never_goes_to_s3(vue: Made[DjangoVue], path: str) -> None:
    assert "OriginRequestPolicyId" not in vue.behaviors[path]


def test_only_the_distribution_reads_the_assets_bucket(vue: Made[DjangoVue]) -> None:
    assets = vue.template.of(vue.construct.backend.static_file_bucket)
    (policy,) = [
        one for one in vue.template.of_type("AWS::S3::BucketPolicy") if one["Bucket"] == assets.ref
    ]
    (allowed,) = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]

    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in allowed["Condition"]["StringEquals"]


def test_static_files_are_kept_for_a_year_unless_they_say_otherwise(vue: Made[DjangoVue]) -> None:
    headers = vue.headers(vue.behaviors["/static/*"])

    assert headers["CustomHeadersConfig"]["Items"] == [
        {
            "Header": "Cache-Control",
            "Value": "public, max-age=31536000, immutable",
            "Override": False,
        }
    ]


def test_how_long_static_files_are_kept_is_an_option() -> None:
    made = synthesize_vue(static_cache_control="public, max-age=3600")
    headers = made.headers(made.behaviors["/static/*"])

    assert headers["CustomHeadersConfig"]["Items"][0]["Value"] == "public, max-age=3600"


def test_everything_else_is_the_site(vue: Made[DjangoVue]) -> None:
    content = vue.template.of(vue.construct.site.bucket)

    assert vue.origin(vue.default)["DomainName"] == content.attribute("RegionalDomainName")


def test_the_domain_points_at_cloudfront_alone(vue: Made[DjangoVue]) -> None:
    distribution = vue.template.of(vue.construct.distribution)
    records = vue.template.of_type("AWS::Route53::RecordSet")

    assert {one["Type"] for one in records} == {"A", "AAAA"}
    for record in records:
        assert record["Name"] == "blog.example.com."
        assert record["AliasTarget"]["DNSName"] == distribution.attribute("DomainName")


# --- A StaticSite with a load balancer and bucket of the user's


@pytest.fixture(scope="module")
def own_load_balancer() -> Template:
    """A load balancer that another stack made, and a site without an assets bucket."""
    stack = new_stack()
    load_balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack,
        "OwnLoadBalancer",
        load_balancer_arn=f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/a/b",
        load_balancer_dns_name="a.eu-west-1.elb.amazonaws.com",
        security_group_id="sg-0123456789abcdef0",
    )
    static_site(
        stack,
        **DOMAIN,
        certificate_arn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b",
        load_balancer=load_balancer,
        backend_paths=["/api/*", "/media/*"],
    )
    return Template.of_stack(stack)


def test_a_site_takes_a_load_balancer_that_exists(own_load_balancer: Template) -> None:
    origin = own_load_balancer.one("AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]
    ingress = own_load_balancer.one("AWS::EC2::SecurityGroupIngress")

    assert origin["Arn"].endswith("loadbalancer/app/a/b")
    assert ingress["GroupId"] == "sg-0123456789abcdef0"


def test_without_an_assets_bucket_its_paths_are_free(own_load_balancer: Template) -> None:
    distribution = own_load_balancer.one("AWS::CloudFront::Distribution")["DistributionConfig"]

    assert [one["PathPattern"] for one in distribution["CacheBehaviors"]] == [
        *("/api/*", "/api", "/media/*", "/media")
    ]
