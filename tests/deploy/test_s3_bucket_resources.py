"""S3BucketResources: what the user with the key may do, and what stays of it."""

from __future__ import annotations

import functools
import json
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from django_cdk import S3BucketResources
from tests.deploy.inventory import inventory, kept
from tests.deploy.lives import Life, Outputs
from tests.emulator.server import Emulator

ORIGIN = "https://www.example.com"


def files(stack: cdk.Stack, **options: Any) -> S3BucketResources:
    return S3BucketResources(stack, "Files", **{"access_key": True, **options})


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Files")


@pytest.fixture(scope="module")
def made(life: Life) -> Outputs:
    """The first deployment."""
    more = {
        "upload_origins": [ORIGIN],
        "public_static": True,
        "versioned": True,
        "expire_noncurrent_days": 30,
        "access_logs": True,
    }
    return life.deploy(functools.partial(files, **more))


def settings(emulator: Emulator, made: Outputs) -> dict[str, str]:
    """What the project reads from the secret."""
    secret = emulator.client("secretsmanager").get_secret_value(SecretId=made["SecretArn"])
    values: dict[str, str] = json.loads(secret["SecretString"])
    return values


def as_project(emulator: Emulator, values: dict[str, str], service: str = "s3") -> Any:
    """A client such as django-storages makes from these settings."""
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name=values["AWS_S3_REGION_NAME"],
        aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
    )


def refusal(call: Any, **request: Any) -> str:
    """The code with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return str(refused.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def first_settings(emulator: Emulator, made: Outputs) -> dict[str, str]:
    return settings(emulator, made)


@pytest.fixture(scope="module")
def project(emulator: Emulator, first_settings: dict[str, str]) -> Any:
    return as_project(emulator, first_settings)


class TestMade:
    def test_the_secret_has_what_django_storages_needs(
        self, first_settings: dict[str, str], made: Outputs
    ) -> None:
        assert first_settings["AWS_STORAGE_BUCKET_NAME"] == made["BucketName"]
        assert first_settings["AWS_S3_REGION_NAME"] == made["Region"] == "us-east-1"
        assert first_settings.keys() == {
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_STORAGE_BUCKET_NAME",
            "AWS_S3_REGION_NAME",
        }

    def test_the_key_is_the_users(
        self, emulator: Emulator, first_settings: dict[str, str], made: Outputs
    ) -> None:
        caller = as_project(emulator, first_settings, "sts").get_caller_identity()

        assert caller["Arn"].endswith(f":user/{made['UserName']}")

    def test_the_project_writes_reads_lists_and_deletes(self, project: Any, made: Outputs) -> None:
        bucket = made["BucketName"]
        project.put_object(Bucket=bucket, Key="media/cat.png", Body=b"cat")

        assert project.get_object(Bucket=bucket, Key="media/cat.png")["Body"].read() == b"cat"
        assert project.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
        project.delete_object(Bucket=bucket, Key="media/cat.png")
        assert project.list_objects_v2(Bucket=bucket)["KeyCount"] == 0

    def test_the_project_may_do_nothing_else(
        self, emulator: Emulator, project: Any, first_settings: dict[str, str], made: Outputs
    ) -> None:
        emulator.client("s3").create_bucket(Bucket="not-the-projects")
        bucket = made["BucketName"]
        iam = as_project(emulator, first_settings, "iam")

        denied = [
            refusal(project.list_objects_v2, Bucket="not-the-projects"),
            refusal(project.put_object, Bucket="not-the-projects", Key="a", Body=b""),
            refusal(project.delete_bucket, Bucket=bucket),
            refusal(project.delete_bucket_policy, Bucket=bucket),
            refusal(iam.create_access_key, UserName=made["UserName"]),
        ]

        emulator.client("s3").delete_bucket(Bucket="not-the-projects")
        assert denied == ["AccessDenied"] * 5

    def test_everybody_reads_static_files_and_nothing_else(
        self, emulator: Emulator, project: Any, made: Outputs
    ) -> None:
        bucket = made["BucketName"]
        for key in ("static/site.css", "media/secret.pdf"):
            project.put_object(Bucket=bucket, Key=key, Body=b"-")
        anybody = boto3.client(
            "s3",
            endpoint_url=emulator.endpoint,
            region_name="us-east-1",
            config=Config(signature_version=UNSIGNED),
        )

        assert anybody.get_object(Bucket=bucket, Key="static/site.css")["Body"].read() == b"-"
        assert refusal(anybody.get_object, Bucket=bucket, Key="media/secret.pdf") == "AccessDenied"
        assert refusal(anybody.list_objects_v2, Bucket=bucket) == "AccessDenied"

    def test_the_bucket_is_as_promised(self, emulator: Emulator, made: Outputs) -> None:
        s3, bucket = emulator.client("s3"), made["BucketName"]
        (encryption,) = s3.get_bucket_encryption(Bucket=bucket)[
            "ServerSideEncryptionConfiguration"
        ]["Rules"]
        (cors,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]

        assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert cors["AllowedOrigins"] == [ORIGIN]
        assert set(cors["AllowedMethods"]) == {"POST", "PUT"}
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        # A policy may open what it names; ACLs open nothing.
        assert block == {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        }

    def test_old_versions_and_broken_uploads_expire(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        found = emulator.client("s3").get_bucket_lifecycle_configuration(Bucket=made["BucketName"])
        rules = {rule["ID"]: rule for rule in found["Rules"]}

        assert rules["ExpireNoncurrent"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
        assert rules["AbortUploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}

    def test_only_tls_gets_in(self, emulator: Emulator, made: Outputs) -> None:
        policy = emulator.client("s3").get_bucket_policy(Bucket=made["BucketName"])["Policy"]
        denied = [one for one in json.loads(policy)["Statement"] if one["Effect"] == "Deny"]

        conditions = [one["Condition"] for one in denied]
        assert {"Bool": {"aws:SecureTransport": "false"}} in conditions

    def test_requests_are_logged_in_the_other_bucket(
        self, emulator: Emulator, made: Outputs
    ) -> None:
        s3 = emulator.client("s3")
        logging = s3.get_bucket_logging(Bucket=made["BucketName"])["LoggingEnabled"]
        found = s3.get_bucket_lifecycle_configuration(Bucket=logging["TargetBucket"])

        assert logging["TargetPrefix"] == "assets/"
        assert logging["TargetBucket"] != made["BucketName"]
        assert [rule["Expiration"] for rule in found["Rules"]] == [{"Days": 90}]


@pytest.fixture(scope="module")
def changed(life: Life, project: Any) -> Outputs:
    """The second: another key, the one before still at work."""
    more = {"access_key_serial": 2, "keep_previous_access_key": True}
    return life.deploy(functools.partial(files, **more))


@pytest.fixture(scope="module")
def alone(life: Life, changed: Outputs) -> Outputs:
    """The third: the new key alone."""
    return life.deploy(functools.partial(files, access_key_serial=2))


class TestChanged:
    def test_the_bucket_is_the_same_with_its_objects(
        self, project: Any, made: Outputs, changed: Outputs
    ) -> None:
        assert changed["BucketName"] == made["BucketName"]
        assert project.get_object(Bucket=made["BucketName"], Key="media/secret.pdf")

    def test_the_secret_has_the_new_key(
        self, emulator: Emulator, first_settings: dict[str, str], changed: Outputs
    ) -> None:
        now = settings(emulator, changed)

        assert now["AWS_ACCESS_KEY_ID"] != first_settings["AWS_ACCESS_KEY_ID"]
        assert as_project(emulator, now).list_objects_v2(Bucket=changed["BucketName"])

    def test_without_the_option_nobody_reads_static_files(
        self, emulator: Emulator, changed: Outputs
    ) -> None:
        s3, bucket = emulator.client("s3"), changed["BucketName"]
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])

        assert set(block.values()) == {True}
        assert {one["Effect"] for one in policy["Statement"]} == {"Deny"}

    def test_the_key_before_goes_when_it_is_no_longer_kept(
        self,
        emulator: Emulator,
        first_settings: dict[str, str],
        alone: Outputs,
    ) -> None:
        old, new = as_project(emulator, first_settings), settings(emulator, alone)

        code = refusal(old.list_objects_v2, Bucket=alone["BucketName"])
        assert code == "InvalidAccessKeyId"
        assert as_project(emulator, new).list_objects_v2(Bucket=alone["BucketName"])


@pytest.fixture(scope="module")
def left(emulator: Emulator) -> set[tuple[str, str]]:
    """What a stack of its own leaves."""
    before = inventory(emulator)
    life = Life(emulator, "KeptFiles")
    made = life.deploy(functools.partial(files, access_logs=True))
    emulator.client("s3").put_object(Bucket=made["BucketName"], Key="media/cat.png", Body=b"cat")
    life.destroy()
    return kept(emulator, before, life.name)


class TestDeleted:
    def test_only_the_buckets_stay(self, left: set[tuple[str, str]]) -> None:
        assert sorted(kind for kind, _name in left) == ["bucket", "bucket"]

    def test_they_stay_with_their_objects(
        self, emulator: Emulator, left: set[tuple[str, str]]
    ) -> None:
        s3 = emulator.client("s3")
        counts = [s3.list_objects_v2(Bucket=name)["KeyCount"] for _kind, name in left]

        assert sorted(counts) == [0, 1]

    def test_with_destroy_nothing_stays(self, emulator: Emulator) -> None:
        before = inventory(emulator)
        life = Life(emulator, "GoneFiles")
        option = {"removal_policy": cdk.RemovalPolicy.DESTROY, "versioned": True}
        made = life.deploy(functools.partial(files, **option))
        s3, bucket = emulator.client("s3"), made["BucketName"]
        for body in (b"cat", b"dog"):
            s3.put_object(Bucket=bucket, Key="media/pet.png", Body=body)
        life.destroy()

        assert kept(emulator, before, life.name) == set()
