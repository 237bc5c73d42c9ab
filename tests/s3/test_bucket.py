"""The bucket: private unless told otherwise, kept, and open to uploads from named origins only."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from tests.s3.conftest import Synthesized, synthesize

DENIALS = [
    {"Bool": {"aws:SecureTransport": "false"}},
    {"NumericLessThan": {"s3:TlsVersion": 1.2}},
]


def conditions(files: Synthesized) -> list[object]:
    return [one["Condition"] for one in files.bucket_policy if one["Effect"] == "Deny"]


def test_it_has_a_generated_name(files: Synthesized) -> None:
    assert "BucketName" not in files.bucket.properties


def test_it_takes_a_name() -> None:
    assert synthesize(bucket_name="blog-files").bucket["BucketName"] == "blog-files"


def test_everything_public_is_blocked(files: Synthesized) -> None:
    assert set(files.bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert [one for one in files.bucket_policy if one["Effect"] == "Allow"] == []


def test_it_is_encrypted_and_asks_for_tls(files: Synthesized) -> None:
    (rule,) = files.bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert conditions(files) == DENIALS


def test_uploads_that_were_broken_off_go_after_a_week(files: Synthesized) -> None:
    (rule,) = files.bucket["LifecycleConfiguration"]["Rules"]

    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_without_upload_origins_it_answers_no_browser(files: Synthesized) -> None:
    assert "CorsConfiguration" not in files.bucket.properties


def test_exactly_the_given_origins_may_upload() -> None:
    origins = ["https://www.example.com", "http://localhost:5173"]

    assert synthesize(upload_origins=origins).bucket["CorsConfiguration"] == {
        "CorsRules": [
            {
                "AllowedHeaders": ["*"],
                "AllowedMethods": ["POST", "PUT"],
                "AllowedOrigins": origins,
                "ExposedHeaders": ["ETag"],
                "MaxAge": 3000,
            }
        ]
    }


@pytest.fixture(scope="module")
def public() -> Synthesized:
    return synthesize(public_static=True)


def test_public_static_lets_everybody_read_static_and_nothing_else(public: Synthesized) -> None:
    (allowed,) = [one for one in public.bucket_policy if one["Effect"] == "Allow"]
    static = {"Fn::Join": ["", [public.bucket.attribute("Arn"), "/static/*"]]}

    assert allowed["Principal"] == {"AWS": "*"}
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Resource"] == static


def test_public_static_opens_the_policy_alone_and_acls_stay_blocked(public: Synthesized) -> None:
    assert public.bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }


def test_public_static_asks_for_tls_too(public: Synthesized) -> None:
    assert conditions(public) == DENIALS


def test_versions_are_kept_when_asked_for(files: Synthesized) -> None:
    assert "VersioningConfiguration" not in files.bucket.properties
    assert synthesize(versioned=True).bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_earlier_versions_expire_and_leave_no_marker_behind() -> None:
    bucket = synthesize(versioned=True, expire_noncurrent_days=30).bucket
    (rule,) = bucket["LifecycleConfiguration"]["Rules"][1:]

    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rule["ExpiredObjectDeleteMarker"] is True
    assert "ExpirationInDays" not in rule


def test_access_logs_go_to_a_bucket_of_their_own() -> None:
    logged = synthesize(access_logs=True)
    logs = logged.construct.access_logs
    assert logs is not None

    assert logged.bucket["LoggingConfiguration"] == {
        "DestinationBucketName": logged.template.of(logs).ref,
        "LogFilePrefix": "assets/",
    }


def test_without_access_logs_there_is_one_bucket(files: Synthesized) -> None:
    assert files.construct.access_logs is None
    assert len(files.template.of_type("AWS::S3::Bucket")) == 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, "RetainExceptOnCreate"),
        (cdk.RemovalPolicy.RETAIN, "Retain"),
        (cdk.RemovalPolicy.DESTROY, "Delete"),
    ],
)
def test_the_buckets_stay_unless_told_otherwise(
    policy: cdk.RemovalPolicy | None, expected: str
) -> None:
    made = synthesize(removal_policy=policy, access_logs=True)

    assert [one.deletion_policy for one in made.template.of_type("AWS::S3::Bucket")] == [
        expected,
        expected,
    ]


def test_destroy_empties_the_bucket_first() -> None:
    made = synthesize(removal_policy=cdk.RemovalPolicy.DESTROY)

    assert made.template.one("Custom::S3AutoDeleteObjects")["BucketName"] == made.bucket.ref
