"""What the resources of a stack are called when stand-ins on this machine take their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.routing.template import Body, Deployed

ACCOUNT = "111122223333"
REGION = "eu-west-1"
# Of the task role.
CREDENTIALS = {"AKIDEXAMPLE": "secret-access-key-of-the-task-role"}


def deployed_here(body: Body, address: str) -> Deployed:
    """A template with its references resolved to this machine.

    :param address: the loopback address of database and cache, whose ports are those of AWS.
    """
    resources: Mapping[str, Body] = body["Resources"]

    def name(logical_id: str, resource: Body, attribute: str) -> str:
        kind = resource["Type"]
        # It answers with the ARN of the secret it is attached to.
        if kind == "AWS::SecretsManager::SecretTargetAttachment":
            logical_id = resource["Properties"]["SecretId"]["Ref"]
            kind = resources[logical_id]["Type"]
        values = _values(logical_id, address)
        if (kind, attribute) not in values:
            message = f"{attribute or 'Ref'} of {logical_id} ({kind}) has no stand-in here"
            raise LookupError(message)
        return values[kind, attribute]

    return Deployed(body, name, ACCOUNT, REGION)


def _values(logical_id: str, address: str) -> dict[tuple[str, str], Any]:
    short = logical_id.lower()[-60:]
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{logical_id}"
    return {
        ("AWS::S3::Bucket", ""): short,
        ("AWS::S3::Bucket", "Arn"): f"arn:aws:s3:::{short}",
        ("AWS::S3::Bucket", "RegionalDomainName"): f"{short}.s3.{REGION}.amazonaws.com",
        ("AWS::RDS::DBInstance", "Endpoint.Address"): address,
        ("AWS::RDS::DBInstance", "Endpoint.Port"): "5432",
        ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Address"): address,
        ("AWS::SecretsManager::Secret", ""): secret,
        ("AWS::CloudFront::Distribution", ""): "E00000STANDIN",
        ("AWS::CloudFront::PublicKey", ""): f"K-{logical_id}",
        ("AWS::EC2::VPC", "CidrBlock"): "10.0.0.0/16",
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName"): f"{short}.elb.amazonaws.com",
        ("AWS::IAM::Role", "Arn"): f"arn:aws:iam::{ACCOUNT}:role/{logical_id}",
        ("AWS::ElasticLoadBalancingV2::TargetGroup", ""): f"targetgroup/{logical_id}",
    }
