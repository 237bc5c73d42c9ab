"""Every resource type of the original's DjangoEcs is there, or has a better successor.

The original: `src/django-ecs.ts` of the TypeScript library (CDK v1), with a domain, celery beat
and ECS Exec switched on.
"""

from __future__ import annotations

import pytest

from tests.stacks import Synthesized

#: What its template held, from its source and from what CDK v1 made of it.
KEPT = [
    "AWS::CertificateManager::Certificate",
    "AWS::EC2::EIP",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSubnetGroup",
    "AWS::Route53::RecordSet",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
]

#: Type of the original -> its successor here, and why it is better.
SUCCEEDED = {
    # A single redis node can't encrypt, ask for a token or fail over.
    "AWS::ElastiCache::CacheCluster": "AWS::ElastiCache::ReplicationGroup",
    # It called ecs:RunTask and never looked back; this one waits, reads the exit code and fails
    # the deployment with the last log lines.
    "Custom::AWS": "Custom::DjangoReleaseCommand",
    # It emptied the bucket of the Exec sessions, which are logged encrypted to a log group
    # instead. (With removal_policy=DESTROY the other buckets are emptied by it.)
    "Custom::S3AutoDeleteObjects": "AWS::Logs::LogGroup",
}


@pytest.mark.parametrize("type_name", KEPT)
def test_is_still_made(everything: Synthesized, type_name: str) -> None:
    assert type_name in everything.template.types


@pytest.mark.parametrize("type_name", SUCCEEDED)
def test_has_a_successor(everything: Synthesized, type_name: str) -> None:
    assert type_name not in everything.template.types
    assert SUCCEEDED[type_name] in everything.template.types


def test_the_same_tasks_are_defined(everything: Synthesized) -> None:
    """Web, worker and beat, and one for the two management commands together."""
    for process in ("web", "celery", "beat", "release"):
        assert everything.template.task(process)["RequiresCompatibilities"] == ["FARGATE"]


def test_the_same_management_commands_run(everything: Synthesized) -> None:
    commands = everything.template.of_type("Custom::DjangoReleaseCommand")

    assert [one["Name"] for one in commands] == ["migrate", "collectstatic"]


def test_the_same_variables_are_injected(everything: Synthesized) -> None:
    assert set(everything.template.environment()) > {
        "S3_BUCKET_NAME",
        "AWS_STORAGE_BUCKET_NAME",
        "POSTGRES_SERVICE_HOST",
        "DB_SECRET_NAME",
        "DEBUG",
        "REDIS_SERVICE_HOST",
    }
