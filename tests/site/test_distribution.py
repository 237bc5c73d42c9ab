"""The distribution of a StaticSite: protocols, TLS, headers, caching, logs, records."""

from __future__ import annotations

import aws_cdk.aws_cloudfront as cloudfront
import pytest

from django_cdk import StaticSite
from django_cdk.static_site import _ROUTER
from tests.site.sites import CERTIFICATE, DOMAIN, WEB_ACL, Made, synthesize_site

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def test_it_speaks_http_2_and_3(site: Made[StaticSite]) -> None:
    assert site.distribution["HttpVersion"] == "http2and3"


def test_it_speaks_ipv6(site: Made[StaticSite]) -> None:
    assert site.distribution["IPV6Enabled"] is True


def test_browsers_need_tls_1_2_of_2021(site: Made[StaticSite]) -> None:
    assert site.distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert site.distribution["ViewerCertificate"]["SslSupportMethod"] == "sni-only"


def test_plain_http_is_redirected(site: Made[StaticSite]) -> None:
    assert site.default["ViewerProtocolPolicy"] == "redirect-to-https"


def test_the_root_is_index_html(site: Made[StaticSite]) -> None:
    assert site.distribution["DefaultRootObject"] == "index.html"


def test_it_is_compressed_and_cached_by_its_own_headers(site: Made[StaticSite]) -> None:
    assert site.default["Compress"] is True
    assert site.default["CachePolicyId"] == CACHING_OPTIMIZED


def test_nothing_of_a_request_reaches_the_bucket(site: Made[StaticSite]) -> None:
    """No Host, which S3 would refuse, no cookie and no query string."""
    assert "OriginRequestPolicyId" not in site.default


def test_the_site_can_only_be_read(site: Made[StaticSite]) -> None:
    assert site.default["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]


def test_alone_it_has_no_other_behaviour_and_origin(site: Made[StaticSite]) -> None:
    assert "CacheBehaviors" not in site.distribution
    assert len(site.distribution["Origins"]) == 1


def test_the_router_runs_for_every_request_of_the_site(site: Made[StaticSite]) -> None:
    router = site.template.of(site.construct.router)

    assert site.default["FunctionAssociations"] == [
        {"EventType": "viewer-request", "FunctionARN": router.attribute("FunctionARN")}
    ]
    assert router["FunctionCode"] == _ROUTER.read_text()
    assert router["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert router["AutoPublish"] is True


def test_no_error_page_turns_an_error_into_the_application(site: Made[StaticSite]) -> None:
    assert "CustomErrorResponses" not in site.distribution


def test_security_headers_of_the_pages(site: Made[StaticSite]) -> None:
    assert site.headers(site.default)["SecurityHeadersConfig"] == {
        "StrictTransportSecurity": {"AccessControlMaxAgeSec": 31536000, "Override": True},
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "SAMEORIGIN", "Override": True},
        "ReferrerPolicy": {
            "ReferrerPolicy": "strict-origin-when-cross-origin",
            "Override": True,
        },
    }


def test_a_content_security_policy_is_added_to_the_pages() -> None:
    made = synthesize_site(content_security_policy="default-src 'self'")

    headers = made.headers(made.default)["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"] == {
        "ContentSecurityPolicy": "default-src 'self'",
        "Override": True,
    }


def test_access_logs_are_off(site: Made[StaticSite]) -> None:
    assert "Logging" not in site.distribution
    assert site.construct.access_logs is None


def test_access_logs_go_to_a_private_bucket_for_90_days() -> None:
    made = synthesize_site(access_logs=True)
    assert made.construct.access_logs
    bucket = made.template.of(made.construct.access_logs)

    assert made.distribution["Logging"] == {"Bucket": bucket.attribute("RegionalDomainName")}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 90
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    # CloudFront's standard logs come with an access control list.
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}


def test_a_web_acl_is_attached() -> None:
    assert synthesize_site(web_acl_arn=WEB_ACL).distribution["WebACLId"] == WEB_ACL


def test_all_edge_locations_serve_it_unless_told_otherwise(site: Made[StaticSite]) -> None:
    cheap = synthesize_site(price_class=cloudfront.PriceClass.PRICE_CLASS_100)

    assert site.distribution["PriceClass"] == "PriceClass_All"
    assert cheap.distribution["PriceClass"] == "PriceClass_100"


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_the_domain_points_at_it(site: Made[StaticSite], kind: str) -> None:
    distribution = site.template.of(site.construct.distribution)
    (record,) = [
        one for one in site.template.of_type("AWS::Route53::RecordSet") if one["Type"] == kind
    ]

    assert record["Name"] == "www.example.com."
    assert record["HostedZoneId"] == "Z0123456789"
    assert record["AliasTarget"]["DNSName"] == distribution.attribute("DomainName")


def test_it_answers_for_the_domain(site: Made[StaticSite]) -> None:
    assert site.distribution["Aliases"] == ["www.example.com"]


def test_its_address_is_an_output(site: Made[StaticSite], plain: Made[StaticSite]) -> None:
    distribution = plain.template.of(plain.construct.distribution)
    (url,) = [value for name, value in plain.template.outputs.items() if "Url" in name]

    assert site.construct.url == "https://www.example.com"
    assert "https://www.example.com" in site.template.outputs.values()
    assert url == {"Fn::Join": ["", ["https://", distribution.attribute("DomainName")]]}


def test_without_a_domain_it_has_cloudfronts_name_and_certificate(plain: Made[StaticSite]) -> None:
    assert "Aliases" not in plain.distribution
    assert "ViewerCertificate" not in plain.distribution
    assert plain.construct.domain is None


def test_without_a_domain_there_is_no_record_and_no_certificate(plain: Made[StaticSite]) -> None:
    assert plain.template.types.isdisjoint(
        {"AWS::Route53::RecordSet", "AWS::CertificateManager::Certificate"}
    )


def test_without_a_domain_nothing_else_is_missing(plain: Made[StaticSite]) -> None:
    assert plain.distribution["HttpVersion"] == "http2and3"
    assert plain.distribution["IPV6Enabled"] is True
    assert plain.default["FunctionAssociations"]


def test_a_given_certificate_is_used() -> None:
    made = synthesize_site(**DOMAIN, certificate_arn=CERTIFICATE)

    assert made.distribution["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert "AWS::CertificateManager::Certificate" not in made.template.types
