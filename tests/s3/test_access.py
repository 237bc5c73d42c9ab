"""The user and its key: exactly what django-storages needs, and the key in one place only."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_kms as kms
import aws_cdk.aws_s3 as s3
import pytest

from django_cdk import S3BucketResources
from tests.s3.conftest import Synthesized, synthesize
from tests.stacks import Resource, Template, new_stack

ACCESS = {
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::AccessKey",
    "AWS::SecretsManager::Secret",
}


def granted(policy: Resource) -> dict[str, object]:
    """Action -> resource."""
    return {
        action: statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }


def secret_text(made: Synthesized) -> dict[str, Any]:
    """The secret's JSON, with each reference in its place as text."""
    _, parts = made.template.one("AWS::SecretsManager::Secret")["SecretString"]["Fn::Join"]
    text = "".join(
        part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts
    )
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_user_reads_writes_and_lists_and_no_more(files: Synthesized) -> None:
    arn = files.bucket.attribute("Arn")
    objects = {"Fn::Join": ["", [arn, "/*"]]}

    assert granted(files.template.one("AWS::IAM::ManagedPolicy")) == {
        "s3:GetObject": objects,
        "s3:PutObject": objects,
        "s3:DeleteObject": objects,
        "s3:AbortMultipartUpload": objects,
        "s3:ListMultipartUploadParts": objects,
        "s3:ListBucket": arn,
        "s3:GetBucketLocation": arn,
    }


def test_the_user_has_its_permissions_through_a_group(files: Synthesized) -> None:
    group = files.template.one("AWS::IAM::Group")

    assert files.template.one("AWS::IAM::ManagedPolicy")["Groups"] == [group.ref]
    assert files.template.one("AWS::IAM::User").properties == {"Groups": [group.ref]}
    assert files.template.of_type("AWS::IAM::Policy") == []


def test_the_user_takes_a_name() -> None:
    assert synthesize(user_name="blog.files").template.one("AWS::IAM::User")["UserName"] == (
        "blog.files"
    )


def test_no_key_is_made_unless_asked_for(files: Synthesized) -> None:
    assert not files.template.types & {"AWS::IAM::AccessKey", "AWS::SecretsManager::Secret"}
    assert files.construct.access_key is None
    assert files.construct.secret is None


def test_the_secret_has_the_names_of_django_storages_settings(keyed: Synthesized) -> None:
    key = keyed.template.one("AWS::IAM::AccessKey").id

    assert secret_text(keyed) == {
        "AWS_ACCESS_KEY_ID": f"{{'Ref': '{key}'}}",
        "AWS_SECRET_ACCESS_KEY": f"{{'Fn::GetAtt': ['{key}', 'SecretAccessKey']}}",
        "AWS_STORAGE_BUCKET_NAME": f"{{'Ref': '{keyed.bucket.id}'}}",
        "AWS_S3_REGION_NAME": "{'Ref': 'AWS::Region'}",
    }


def test_nothing_but_the_secret_mentions_the_key(keyed: Synthesized) -> None:
    key = keyed.template.one("AWS::IAM::AccessKey").id
    mentions = [
        one.id for one in keyed.template.resources.values() if key in json.dumps(one.definition)
    ]

    assert mentions == [keyed.template.one("AWS::SecretsManager::Secret").id]
    assert key not in json.dumps(keyed.template.body["Outputs"])


def test_the_outputs_are_bucket_user_region_and_secret(keyed: Synthesized) -> None:
    template = keyed.template

    assert list(template.outputs.values()) == [
        keyed.bucket.ref,
        template.one("AWS::IAM::User").ref,
        {"Ref": "AWS::Region"},
        template.one("AWS::SecretsManager::Secret").ref,
    ]


def test_another_serial_is_another_key_in_the_same_secret(keyed: Synthesized) -> None:
    renewed = synthesize(access_key=True, access_key_serial=2)
    before, after = (one.template.one("AWS::IAM::AccessKey").id for one in (keyed, renewed))

    assert before != after
    assert after in secret_text(renewed)["AWS_ACCESS_KEY_ID"]
    assert (
        keyed.template.one("AWS::SecretsManager::Secret").id
        == renewed.template.one("AWS::SecretsManager::Secret").id
    )


def test_the_previous_key_can_go_on_working_for_a_while(keyed: Synthesized) -> None:
    both = synthesize(access_key=True, access_key_serial=2, keep_previous_access_key=True)
    keys = {one.id for one in both.template.of_type("AWS::IAM::AccessKey")}
    previous = keyed.template.one("AWS::IAM::AccessKey").id

    assert len(keys) == 2
    assert previous in keys
    assert previous not in secret_text(both)["AWS_ACCESS_KEY_ID"]


@pytest.mark.parametrize("policy", [None, cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.DESTROY])
def test_user_key_and_secret_go_with_the_stack(policy: cdk.RemovalPolicy | None) -> None:
    template = synthesize(access_key=True, removal_policy=policy).template

    assert {
        one.type: one.deletion_policy for one in template.resources.values() if one.type in ACCESS
    } == dict.fromkeys(ACCESS, "Delete")


def own_bucket(stack: cdk.Stack) -> dict[str, Any]:
    return {"bucket": s3.Bucket.from_bucket_name(stack, "Own", "blog-uploads")}


def encrypted_bucket(stack: cdk.Stack) -> dict[str, Any]:
    return {"bucket": s3.Bucket(stack, "Own", encryption_key=kms.Key(stack, "Key"))}


def test_with_a_bucket_of_your_own_none_is_made() -> None:
    made = synthesize(own_bucket, access_key=True)

    assert made.template.of_type("AWS::S3::Bucket") == []
    assert secret_text(made)["AWS_STORAGE_BUCKET_NAME"] == "blog-uploads"
    assert "blog-uploads/*" in made.template.text


def test_the_region_is_that_of_the_bucket() -> None:
    def abroad(stack: cdk.Stack) -> dict[str, Any]:
        bucket = s3.Bucket.from_bucket_attributes(
            stack, "Own", bucket_name="blog-uploads", region="ap-southeast-2"
        )
        return {"bucket": bucket}

    made = synthesize(abroad, access_key=True)

    assert secret_text(made)["AWS_S3_REGION_NAME"] == "ap-southeast-2"
    assert "ap-southeast-2" in made.template.outputs.values()


def test_the_key_of_an_encrypted_bucket_may_be_used() -> None:
    made = synthesize(encrypted_bucket)
    key = made.template.one("AWS::KMS::Key").attribute("Arn")
    (statement,) = [
        one
        for one in made.template.one("AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        if one["Resource"] == key
    ]

    assert set(statement["Action"]) == {
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    }


def test_two_in_one_stack_do_not_collide() -> None:
    stack = new_stack()
    for name in ("Blog", "Shop"):
        S3BucketResources(stack, name, access_key=True, access_logs=True)
    template = Template.of_stack(stack)

    assert len(template.of_type("AWS::IAM::User")) == 2
    assert len(template.of_type("AWS::SecretsManager::Secret")) == 2
    assert len(template.outputs) == 8


def test_nothing_has_a_fixed_name_that_a_second_stack_would_meet(keyed: Synthesized) -> None:
    names = {"BucketName", "UserName", "GroupName", "ManagedPolicyName", "Name"}
    fixed = [
        (one.type, name)
        for one in keyed.template.resources.values()
        for name in names & one.properties.keys()
        if isinstance(one[name], str)
    ]

    assert fixed == []
