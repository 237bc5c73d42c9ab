"""Every part of the original library's DjangoEks is there, or has a named successor."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.eks.objects import of_kind
from tests.eks.synthesized import CHART, Synthesized

Has = Callable[[Synthesized], bool]


def resource(kind: str, count: int = 1) -> Has:
    return lambda made: len(made.template.of_type(kind)) >= count


def inside(kind: str, name: str) -> Has:
    return lambda made: name in of_kind(made.manifests, kind)


def outside(kind: str, name: str) -> Has:
    return lambda made: name in of_kind(made.outside, kind)


def chart(release: str, namespace: str) -> Has:
    return lambda made: any(
        (one["Release"], one["Namespace"]) == (release, namespace)
        for one in made.template.of_type(CHART)
    )


#: Part of the original -> what takes its place.
PARTS: Mapping[str, Has] = {
    "VPC": resource("AWS::EC2::VPC"),
    "public, private and isolated subnets in two zones": lambda made: (
        [len(made.template.subnets(tier)) for tier in ("Public", "Private", "Isolated")]
        == [2, 2, 2]
    ),
    "NAT gateway": resource("AWS::EC2::NatGateway"),
    # Custom::AWSCDK-EKS-Cluster in a nested stack.
    "EKS cluster": resource("AWS::EKS::Cluster"),
    "node group": resource("AWS::EKS::Nodegroup"),
    "masters role": resource("AWS::EKS::AccessEntry"),
    # Custom::AWSCDKOpenIdConnectProvider; with identity="irsa" AWS::IAM::OIDCProvider.
    "identity of pods": resource("AWS::EKS::PodIdentityAssociation", 3),
    "namespace app": outside("Namespace", "app"),
    "service account": outside("ServiceAccount", "application"),
    "Ingress": inside("Ingress", "web"),
    "Service": inside("Service", "web"),
    "Deployment of the web": inside("Deployment", "web"),
    "Deployment of celery": inside("Deployment", "celery"),
    "Deployment of beat": inside("Deployment", "beat"),
    # A Job beside the others, which could never be updated.
    "migrate Job": inside("Job", "release"),
    "external-dns": chart("external-dns", "external-dns"),
    "AWS Load Balancer Controller": chart("aws-load-balancer-controller", "kube-system"),
    # Aurora Serverless v1, which has ended: database=AuroraServerless() is today's.
    "Postgres": resource("AWS::RDS::DBInstance"),
    "its secret": resource("AWS::SecretsManager::SecretTargetAttachment"),
    # Redis from a chart.
    "cache": resource("AWS::ElastiCache::ReplicationGroup"),
    "bucket for static and media files": resource("AWS::S3::Bucket"),
    "certificate": resource("AWS::CertificateManager::Certificate"),
}


@pytest.mark.parametrize("part", PARTS)
def test_is_there(everything: Synthesized, part: str) -> None:
    assert PARTS[part](everything)
