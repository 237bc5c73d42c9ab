"""What steps hand to each other: private, for a while, and readable by other accounts if needed."""

from __future__ import annotations

import json

import aws_cdk as cdk
import aws_cdk.aws_kms as kms
import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import OptionError
from tests.pipeline.conftest import Made, Pipelines
from tests.stacks import ACCOUNT, ENVIRONMENT, REGION, Resource

OTHER_ACCOUNT = cdk.Environment(account="444455556666", region=REGION)
OTHER_REGION = cdk.Environment(account=ACCOUNT, region="us-east-1")


def encryption(bucket: Resource) -> str:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    found: str = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
    return found


@pytest.fixture(scope="module")
def abroad(pipelines: Pipelines) -> Made:
    """Production in another account."""
    return pipelines(env=ENVIRONMENT, stage_env=OTHER_ACCOUNT)


def test_the_bucket_is_private_and_asks_for_tls(blog: Made) -> None:
    bucket = blog.template.of(blog.construct.artifacts.bucket)
    policy = json.dumps(blog.template.one("AWS::S3::BucketPolicy").properties)

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert '"aws:SecureTransport": "false"' in policy


def test_artifacts_go_after_three_months(blog: Made, pipelines: Pipelines) -> None:
    def days(made: Made) -> int:
        bucket = made.template.of(made.construct.artifacts.bucket)
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        found: int = rule["ExpirationInDays"]
        return found

    assert days(blog) == 90
    assert days(pipelines(artifact_days=7)) == 7


def test_within_one_account_no_key_is_needed(blog: Made) -> None:
    assert encryption(blog.template.of(blog.construct.artifacts.bucket)) == "AES256"
    assert blog.template.of_type("AWS::KMS::Key") == []


def test_a_stage_in_another_account_gets_a_key_that_rotates(abroad: Made) -> None:
    key = abroad.template.one("AWS::KMS::Key")

    assert encryption(abroad.template.of(abroad.construct.artifacts.bucket)) == "aws:kms"
    assert key["EnableKeyRotation"] is True
    assert "role/cdk-hnb659fds-deploy-role-444455556666" in json.dumps(key["KeyPolicy"])


def test_the_pipeline_deploys_by_the_other_accounts_bootstrap_role(abroad: Made) -> None:
    deploy = abroad.stages["Production"][-1]

    assert f":iam::444455556666:role/cdk-hnb659fds-deploy-role-444455556666-{REGION}" in (
        json.dumps(deploy["RoleArn"])
    )


def test_a_stage_in_another_region_gets_a_bucket_there(pipelines: Pipelines) -> None:
    made = pipelines(env=ENVIRONMENT, stage_env=OTHER_REGION)
    stores = made.template.one("AWS::CodePipeline::Pipeline")["ArtifactStores"]

    assert {one["Region"] for one in stores} == {REGION, "us-east-1"}


@pytest.mark.parametrize(("env", "part"), [(OTHER_ACCOUNT, "account"), (OTHER_REGION, "account")])
def test_a_known_stage_asks_the_pipeline_where_it_is(
    pipelines: Pipelines, env: cdk.Environment, part: str
) -> None:
    with pytest.raises(OptionError, match=rf"production=.*has the {part} .*env=Environment"):
        pipelines(stage_env=env)


def test_your_own_key_encrypts_the_bucket(pipelines: Pipelines) -> None:
    made = pipelines(lambda stack: {"artifact_key": kms.Key(stack, "Own")})
    bucket = made.template.of(made.construct.artifacts.bucket)
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == (
        made.template.one("AWS::KMS::Key").attribute("Arn")
    )


def test_your_own_bucket_takes_the_artifacts(pipelines: Pipelines) -> None:
    made = pipelines(lambda stack: {"artifact_bucket": s3.Bucket(stack, "Own")})

    (bucket,) = made.template.of_type("AWS::S3::Bucket")
    assert bucket.id.startswith("Own")


def test_your_own_bucket_without_a_key_is_refused_for_another_account(
    pipelines: Pipelines,
) -> None:
    with pytest.raises(OptionError, match="give a bucket with an encryption key"):
        pipelines(
            lambda stack: {"artifact_bucket": s3.Bucket(stack, "Own")},
            env=ENVIRONMENT,
            stage_env=OTHER_ACCOUNT,
        )


@pytest.mark.parametrize(
    ("policy", "bucket", "logs"),
    [
        (None, "RetainExceptOnCreate", "Retain"),
        (cdk.RemovalPolicy.RETAIN, "Retain", "Retain"),
        (cdk.RemovalPolicy.DESTROY, "Delete", "Delete"),
    ],
)
def test_what_stays_when_the_stack_is_deleted(
    pipelines: Pipelines, policy: cdk.RemovalPolicy | None, bucket: str, logs: str
) -> None:
    made = pipelines(removal_policy=policy, env=ENVIRONMENT, stage_env=OTHER_ACCOUNT)
    template = made.template

    assert template.of(made.construct.artifacts.bucket).deletion_policy == bucket
    assert template.one("AWS::KMS::Key").deletion_policy == bucket
    assert template.of(made.construct.log_group).deletion_policy == logs
