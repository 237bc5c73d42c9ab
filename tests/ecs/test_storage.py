"""The assets bucket, and the bucket for access logs."""

from __future__ import annotations

import json

import pytest

from tests.stacks import ENVIRONMENT, Resource, Synthesized, Template, synthesize


@pytest.fixture(scope="module")
def assets(blog: Synthesized) -> Resource:
    return blog.template.of(blog.construct.static_file_bucket)


@pytest.fixture(scope="module")
def access_logs(blog: Synthesized) -> Resource:
    return blog.template.of(blog.construct.access_logs)


def policy(template: Template, bucket: Resource) -> list[dict[str, object]]:
    (found,) = [
        one for one in template.of_type("AWS::S3::BucketPolicy") if one["Bucket"] == bucket.ref
    ]
    statements: list[dict[str, object]] = found["PolicyDocument"]["Statement"]
    return statements


def test_buckets_are_private(blog: Synthesized) -> None:
    for bucket in blog.template.of_type("AWS::S3::Bucket"):
        assert bucket["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }


def test_buckets_are_encrypted(blog: Synthesized) -> None:
    for bucket in blog.template.of_type("AWS::S3::Bucket"):
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_buckets_refuse_requests_without_tls(blog: Synthesized) -> None:
    for bucket in blog.template.of_type("AWS::S3::Bucket"):
        conditions = [
            one["Condition"] for one in policy(blog.template, bucket) if one["Effect"] == "Deny"
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


def test_only_denials_are_for_everybody(blog: Synthesized) -> None:
    for bucket in blog.template.of_type("AWS::S3::Bucket"):
        allowed = [
            one["Principal"] for one in policy(blog.template, bucket) if one["Effect"] == "Allow"
        ]
        assert "*" not in json.dumps(allowed)


def test_the_assets_bucket_is_kept(assets: Resource) -> None:
    assert assets.deletion_policy == "RetainExceptOnCreate"


def test_the_assets_bucket_has_a_generated_name(assets: Resource) -> None:
    assert "BucketName" not in assets.properties


def test_the_assets_bucket_takes_a_name() -> None:
    synthesized = synthesize(bucket_name="my-assets")

    bucket = synthesized.template.of(synthesized.construct.static_file_bucket)
    assert bucket["BucketName"] == "my-assets"


def test_uploads_that_were_broken_off_are_cleared_away(assets: Resource) -> None:
    (rule,) = assets["LifecycleConfiguration"]["Rules"]

    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_reads_of_the_assets_bucket_are_logged(assets: Resource, access_logs: Resource) -> None:
    assert assets["LoggingConfiguration"] == {
        "DestinationBucketName": access_logs.ref,
        "LogFilePrefix": "assets/",
    }


def test_access_logs_expire(access_logs: Resource) -> None:
    (rule,) = access_logs["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] == 90


def test_load_balancers_write_their_logs_under_their_prefix_only(
    blog: Synthesized, access_logs: Resource
) -> None:
    (statement,) = [
        one
        for one in policy(blog.template, access_logs)
        if one.get("Principal") == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    ]

    assert statement["Action"] == "s3:PutObject"
    assert statement["Resource"] == {
        "Fn::Join": [
            "",
            [
                access_logs.attribute("Arn"),
                "/load-balancer/AWSLogs/",
                {"Ref": "AWS::AccountId"},
                "/*",
            ],
        ]
    }


def test_where_the_region_is_known_its_older_load_balancers_may_write_too() -> None:
    synthesized = synthesize(env=ENVIRONMENT)
    template = synthesized.template
    statements = policy(template, template.of(synthesized.construct.access_logs))

    (statement,) = [
        one for one in statements if "logdelivery.elasticloadbalancing" in str(one["Principal"])
    ]
    # The account of Elastic Load Balancing in eu-central-1.
    assert ":iam::054676820928:root" in str(statement["Principal"])


def test_the_application_reads_and_writes_objects_and_no_more(
    blog: Synthesized, assets: Resource
) -> None:
    template, role = blog.template, blog.template.of(blog.construct.tasks.task_role)
    granted = {
        action: statement["Resource"]
        for statement in template.statements(role)
        for action in statement["Action"]
        if action.startswith("s3:")
    }
    objects = {"Fn::Join": ["", [assets.attribute("Arn"), "/*"]]}

    assert granted == {
        **dict.fromkeys(
            [
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ],
            objects,
        ),
        **dict.fromkeys(["s3:ListBucket", "s3:GetBucketLocation"], assets.attribute("Arn")),
    }
