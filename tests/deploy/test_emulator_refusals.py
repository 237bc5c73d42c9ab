"""What the emulator refuses as AWS does, so that a template which leans on it can't pass here."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.server import Emulator

_ORIGIN = {
    "Id": "site",
    "DomainName": "site.s3.us-east-1.amazonaws.com",
    "S3OriginConfig": {"OriginAccessIdentity": ""},
}
_BEHAVIOR = {
    "TargetOriginId": "site",
    "ViewerProtocolPolicy": "https-only",
    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
}
_MISSING = "00000000-0000-0000-0000-000000000000"
_ELSEWHERE = f"arn:aws:acm:eu-west-1:111111111111:certificate/{_MISSING}"


def reason(emulator: Emulator, name: str, resource: Mapping[str, Any]) -> str:
    """Why a stack with this one resource can't be made; empty if it can."""
    cloudformation = emulator.client("cloudformation")
    body = json.dumps({"Resources": {"It": resource}})
    stack = cloudformation.create_stack(StackName=name, TemplateBody=body)["StackId"]
    while True:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    cloudformation.delete_stack(StackName=stack)
    failed = [one for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
    return str(failed[0]["ResourceStatusReason"]) if failed else ""


def distribution(**config: Any) -> dict[str, Any]:
    given = {"Enabled": True, "Origins": [_ORIGIN], "DefaultCacheBehavior": _BEHAVIOR, **config}
    return {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": given}}


def test_a_distribution_of_what_there_is_is_made(emulator: Emulator) -> None:
    assert reason(emulator, "Sound", distribution()) == ""


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"DefaultCacheBehavior": {**_BEHAVIOR, "TargetOriginId": "other"}}, "NoSuchOrigin"),
        ({"DefaultCacheBehavior": {**_BEHAVIOR, "CachePolicyId": _MISSING}}, "NoSuchCachePolicy"),
        (
            {"Origins": [{**_ORIGIN, "OriginAccessControlId": "E00000000000"}]},
            "NoSuchOriginAccessControl",
        ),
        ({"ViewerCertificate": {"AcmCertificateArn": _ELSEWHERE}}, "must be in us-east-1"),
        ({"Aliases": ["www.example.com"]}, "need a certificate"),
    ],
    ids=["origin", "policy", "access control", "certificate's region", "no certificate"],
)
def test_a_distribution_of_what_is_not_there_is_refused(
    emulator: Emulator, config: dict[str, Any], expected: str
) -> None:
    assert expected in reason(emulator, "Unsound", distribution(**config))


def test_a_command_by_an_unknown_document_is_refused(emulator: Emulator) -> None:
    ssm = emulator.client("ssm")

    with pytest.raises(ssm.exceptions.InvalidDocument):
        ssm.send_command(DocumentName="Nobodys", InstanceIds=["i-00000000000000000"])


def test_a_pod_identity_wants_a_role_for_pods(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    role = iam.create_role(RoleName="NotForPods", AssumeRolePolicyDocument=json.dumps(trust))[
        "Role"
    ]["Arn"]
    association = {
        "ClusterName": "any",
        "Namespace": "app",
        "ServiceAccount": "application",
        "RoleArn": role,
    }

    refused = reason(
        emulator,
        "WrongRole",
        {"Type": "AWS::EKS::PodIdentityAssociation", "Properties": association},
    )
    iam.delete_role(RoleName="NotForPods")
    assert "can't be assumed by pods.eks.amazonaws.com" in refused
