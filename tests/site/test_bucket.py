"""The bucket of a site: private, read by its own distribution alone."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import StaticSite
from tests.site.sites import Made, synthesize_site
from tests.stacks import Resource


@pytest.fixture(scope="module")
def bucket(site: Made[StaticSite]) -> Resource:
    return site.template.of(site.construct.bucket)


@pytest.fixture(scope="module")
def statements(site: Made[StaticSite], bucket: Resource) -> list[dict[str, Any]]:
    (policy,) = [
        one for one in site.template.of_type("AWS::S3::BucketPolicy") if one["Bucket"] == bucket.ref
    ]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_it_is_private(bucket: Resource) -> None:
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_it_is_no_website_and_has_no_fixed_name(bucket: Resource) -> None:
    assert "WebsiteConfiguration" not in bucket.properties
    assert "BucketName" not in bucket.properties


def test_it_is_encrypted(bucket: Resource) -> None:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_it_refuses_requests_without_tls_1_2(statements: list[dict[str, Any]]) -> None:
    conditions = [one["Condition"] for one in statements if one["Effect"] == "Deny"]

    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


def test_only_its_own_distribution_reads_it(
    site: Made[StaticSite], statements: list[dict[str, Any]]
) -> None:
    (allowed,) = [one for one in statements if one["Effect"] == "Allow"]
    distribution = site.template.of(site.construct.distribution)

    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == ["s3:GetObject", "s3:ListBucket"]
    source = allowed["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Join"][1]
    assert source[-1] == distribution.ref


def test_cloudfront_signs_every_request_to_it(site: Made[StaticSite], bucket: Resource) -> None:
    origin = site.origin(site.default)
    access = site.template.of(site.construct.origin_access)

    assert origin["DomainName"] == bucket.attribute("RegionalDomainName")
    assert origin["OriginAccessControlId"] == access.attribute("Id")
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    config = access["OriginAccessControlConfig"]
    assert config["SigningBehavior"] == "always"
    assert config["SigningProtocol"] == "sigv4"
    assert config["OriginAccessControlOriginType"] == "s3"


def test_superseded_files_expire_by_tag_after_30_days(bucket: Resource) -> None:
    (rule,) = [
        one for one in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in one
    ]

    assert rule["ExpirationInDays"] == 30
    assert rule["TagFilters"] == [{"Key": "django-cdk-superseded", "Value": "true"}]
    assert rule["Status"] == "Enabled"


def test_superseded_files_expire_when_told() -> None:
    made = synthesize_site(superseded_days=7)
    rules = made.template.of(made.construct.bucket)["LifecycleConfiguration"]["Rules"]

    assert [one["ExpirationInDays"] for one in rules if "ExpirationInDays" in one] == [7]


def test_uploads_that_were_broken_off_are_cleared_away(bucket: Resource) -> None:
    rules = bucket["LifecycleConfiguration"]["Rules"]

    assert {"DaysAfterInitiation": 7} in [
        one.get("AbortIncompleteMultipartUpload") for one in rules
    ]


def test_it_is_kept(bucket: Resource) -> None:
    assert bucket.deletion_policy == "RetainExceptOnCreate"


def test_buckets_go_with_a_test_stack() -> None:
    made = synthesize_site(removal_policy=cdk.RemovalPolicy.DESTROY, access_logs=True)
    buckets = made.template.of_type("AWS::S3::Bucket")

    assert len(buckets) == 2
    assert {one.deletion_policy for one in buckets} == {"Delete"}
    emptied = [one["BucketName"] for one in made.template.of_type("Custom::S3AutoDeleteObjects")]
    assert sorted(map(str, emptied)) == sorted(str(one.ref) for one in buckets)


def test_only_buckets_stay_of_a_site(site: Made[StaticSite]) -> None:
    kept = {one.type for one in site.template.resources.values() if one.deletion_policy != "Delete"}

    assert kept == {"AWS::S3::Bucket"}
