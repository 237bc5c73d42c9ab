"""Bring your own: VPC, cluster, load balancer, database, cache, bucket, zone and certificate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import ExistingCache, ExistingDatabase, SecretField
from tests.ecs.test_cache import urls
from tests.stacks import (
    DOMAIN,
    ENVIRONMENT,
    REGION,
    Resource,
    Synthesized,
    Template,
    django_ecs,
    new_app,
    new_stack,
    synthesize,
)

ARN = f"arn:aws:acm:{REGION}:111122223333:certificate/0a1b"

TIERS = [
    ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
    ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
    ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
]


def own_vpc(stack: cdk.Stack, *tiers: ec2.SubnetConfiguration) -> ec2.Vpc:
    return ec2.Vpc(stack, "Own", max_azs=2, subnet_configuration=list(tiers or TIERS))


def security_group(template: Template, name: str) -> Resource:
    (found,) = [
        one for one in template.of_type("AWS::EC2::SecurityGroup") if one.id.startswith(name)
    ]
    return found


# --- VPC


@pytest.fixture(scope="module")
def in_own_vpc() -> Synthesized:
    return synthesize(lambda stack: {"vpc": own_vpc(stack)})


def test_no_other_vpc_is_made(in_own_vpc: Synthesized) -> None:
    template = in_own_vpc.template

    assert template.one("AWS::EC2::VPC").ref == template.of(in_own_vpc.construct.vpc).ref


def test_tasks_data_and_load_balancer_stand_in_the_tiers_of_the_own_vpc(
    in_own_vpc: Synthesized,
) -> None:
    template, construct = in_own_vpc.template, in_own_vpc.construct
    placed = {
        "Public": template.of(construct.load_balancer)["Subnets"],
        "Private": template.of(construct.web.service)["NetworkConfiguration"][
            "AwsvpcConfiguration"
        ]["Subnets"],
        "Isolated": template.one("AWS::RDS::DBSubnetGroup")["SubnetIds"],
    }

    assert placed == {tier: [one.ref for one in template.subnets(tier)] for tier in placed}


def test_without_isolated_subnets_data_stands_in_the_private_ones() -> None:
    template = synthesize(lambda stack: {"vpc": own_vpc(stack, *TIERS[:2])}).template
    private = [one.ref for one in template.subnets("Private")]

    assert template.one("AWS::RDS::DBSubnetGroup")["SubnetIds"] == private
    assert template.one("AWS::ElastiCache::SubnetGroup")["SubnetIds"] == private


def test_an_own_vpc_without_ipv6_gets_a_load_balancer_without(in_own_vpc: Synthesized) -> None:
    balancer = in_own_vpc.template.of(in_own_vpc.construct.load_balancer)

    assert balancer.get("IpAddressType") is None


def test_an_own_vpc_without_ipv6_gets_no_aaaa_record() -> None:
    template = synthesize(lambda stack: {"vpc": own_vpc(stack)}, **DOMAIN).template

    assert [one["Type"] for one in template.of_type("AWS::Route53::RecordSet")] == ["A"]


def test_an_imported_vpc_of_unknown_range_leaves_the_range_out() -> None:
    data = ["subnet-0a1b2c31", "subnet-0a1b2c32"]

    def imported(stack: cdk.Stack) -> Mapping[str, Any]:
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Imported",
            vpc_id="vpc-0a1b2c3d",
            availability_zones=["eu-central-1a", "eu-central-1b"],
            public_subnet_ids=["subnet-0a1b2c11", "subnet-0a1b2c12"],
            private_subnet_ids=["subnet-0a1b2c21", "subnet-0a1b2c22"],
            isolated_subnet_ids=data,
        )
        return {"vpc": vpc}

    template = synthesize(imported, env=ENVIRONMENT).template

    assert "ALLOWED_CIDR_NETS" not in template.environment()
    assert template.one("AWS::RDS::DBSubnetGroup")["SubnetIds"] == data


def test_without_nat_the_own_vpc_needs_no_private_tier() -> None:
    public_and_isolated = [TIERS[0], TIERS[2]]
    template = synthesize(
        lambda stack: {"vpc": own_vpc(stack, *public_and_isolated)}, nat="none"
    ).template

    network = template.one("AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"


# --- cluster and load balancer


def own_cluster(stack: cdk.Stack) -> Mapping[str, Any]:
    return {"cluster": ecs.Cluster(stack, "OwnCluster", vpc=own_vpc(stack))}


def test_an_own_cluster_runs_everything_in_its_vpc() -> None:
    synthesized = synthesize(own_cluster, celery_app="blog")
    template = synthesized.template
    cluster = template.one("AWS::ECS::Cluster")

    assert len(template.of_type("AWS::EC2::VPC")) == 1
    assert [one["Cluster"] for one in template.of_type("AWS::ECS::Service")] == [cluster.ref] * 2
    assert {str(one["Cluster"]) for one in template.of_type("Custom::DjangoReleaseCommand")} == {
        str(cluster.attribute("Arn"))
    }


@pytest.fixture(scope="module")
def behind_own_balancer() -> Synthesized:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        vpc = own_vpc(stack)
        balancer = elbv2.ApplicationLoadBalancer(
            stack, "OwnBalancer", vpc=vpc, internet_facing=True
        )
        return {"vpc": vpc, "load_balancer": balancer}

    return synthesize(own, **DOMAIN)


def test_an_own_load_balancer_gets_the_listeners(behind_own_balancer: Synthesized) -> None:
    template = behind_own_balancer.template
    balancer = template.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
    listeners = template.of_type("AWS::ElasticLoadBalancingV2::Listener")

    assert balancer.id.startswith("OwnBalancer")
    assert sorted(one["Port"] for one in listeners) == [80, 443]
    assert {one["LoadBalancerArn"]["Ref"] for one in listeners} == {balancer.id}


def test_the_domain_points_at_the_own_load_balancer(behind_own_balancer: Synthesized) -> None:
    template = behind_own_balancer.template
    (record,) = template.of_type("AWS::Route53::RecordSet")

    assert "OwnBalancer" in str(record["AliasTarget"])


# --- database


def own_database(stack: cdk.Stack, **more: Any) -> Mapping[str, Any]:
    secret = secretsmanager.Secret(stack, "OwnSecret")
    return {
        "database": ExistingDatabase(
            host="db.internal", secret=secret, name="blog", username="writer", port=6432, **more
        )
    }


@pytest.fixture(scope="module")
def on_own_database() -> Synthesized:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        vpc = own_vpc(stack)
        group = ec2.SecurityGroup(stack, "DatabaseGroup", vpc=vpc)
        return {"vpc": vpc, **own_database(stack, security_group=group)}

    return synthesize(own)


def test_no_other_database_is_made(on_own_database: Synthesized) -> None:
    assert [one for one in on_own_database.template.types if "RDS" in one] == []


def test_the_application_is_told_of_the_own_database(on_own_database: Synthesized) -> None:
    template = on_own_database.template
    (secret,) = [one for one in template.resources.values() if one.id.startswith("OwnSecret")]

    environment = template.environment()
    assert environment["POSTGRES_SERVICE_HOST"] == "db.internal"
    assert environment["POSTGRES_SERVICE_PORT"] == "6432"
    assert (environment["POSTGRES_NAME"], environment["POSTGRES_USERNAME"]) == ("blog", "writer")
    assert environment["DB_SECRET_NAME"] == secret.ref
    assert template.secrets()["POSTGRES_PASSWORD"] == {
        "Fn::Join": ["", [secret.ref, ":password::"]]
    }


def test_the_url_of_the_own_database_is_composed(on_own_database: Synthesized) -> None:
    assert (
        "postgres://writer:{{resolve:secretsmanager:{}:SecretString:password::}}@db.internal"
        in (urls(on_own_database.template))
    )


def test_the_tasks_are_let_in_to_the_own_database(on_own_database: Synthesized) -> None:
    template, construct = on_own_database.template, on_own_database.construct
    group = security_group(template, "DatabaseGroup")

    (rule,) = template.ingress(group)
    tasks = template.of(construct.tasks.security_group)
    assert (rule["SourceSecurityGroupId"], rule["FromPort"]) == (tasks.attribute("GroupId"), 6432)


def test_without_its_security_group_the_user_opens_the_way() -> None:
    template = synthesize(own_database).template

    descriptions = [
        one.get("Description") for one in template.of_type("AWS::EC2::SecurityGroupIngress")
    ]
    assert "database from the application" not in descriptions


# --- cache


def test_an_own_cache_without_password_or_tls() -> None:
    cache = ExistingCache(host="cache.internal", port=6380, tls=False)
    template = synthesize(cache=cache).template

    assert [one for one in template.types if "ElastiCache" in one] == []
    assert template.environment()["REDIS_SERVICE_HOST"] == "cache.internal"
    assert template.environment()["REDIS_URL"] == "redis://cache.internal:6380/0"


def test_an_own_cache_with_tls() -> None:
    template = synthesize(cache=ExistingCache(host="cache.internal")).template

    assert template.environment()["CELERY_BROKER_URL"] == (
        "rediss://cache.internal:6379/0?ssl_cert_reqs=required"
    )


@pytest.mark.parametrize(("field", "reference"), [("", ":SecretString:::"), ("token", ":token::")])
def test_an_own_cache_with_a_password(field: str, reference: str) -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        secret = secretsmanager.Secret(stack, "OwnSecret")
        given = SecretField(secret, field) if field else secret
        return {"cache": ExistingCache(host="cache.internal", secret=given)}

    template = synthesize(own).template

    assert "REDIS_URL" in template.secrets()
    assert f"{reference}}}}}@cache.internal:6379/0?ssl_cert_reqs=required" in urls(template)


def test_the_tasks_are_let_in_to_the_own_cache() -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        vpc = own_vpc(stack)
        group = ec2.SecurityGroup(stack, "CacheGroup", vpc=vpc)
        return {"vpc": vpc, "cache": ExistingCache(host="a", port=6380, security_group=group)}

    template = synthesize(own).template
    group = security_group(template, "CacheGroup")

    assert [one["FromPort"] for one in template.ingress(group)] == [6380]


def test_rules_for_a_security_group_of_another_stack_lie_in_the_application_s() -> None:
    """Else that stack would need the application's, which needs it."""
    app = new_app()
    shared, stack = new_stack("Shared", app=app), new_stack("Blog", app=app)
    vpc = own_vpc(shared)
    group = ec2.SecurityGroup(shared, "CacheGroup", vpc=vpc)
    django_ecs(stack, vpc=vpc, cache=ExistingCache(host="a", security_group=group))

    template = Template.of_stack(stack)
    rules = template.of_type("AWS::EC2::SecurityGroupIngress")
    assert "cache from the application" in [one.get("Description") for one in rules]
    assert "AWS::EC2::SecurityGroupIngress" not in Template.of_stack(shared).types


# --- bucket


def test_an_own_bucket_is_used_and_granted() -> None:
    synthesized = synthesize(
        lambda stack: {"bucket": s3.Bucket.from_bucket_name(stack, "Own", "our-files")}
    )
    template = synthesized.template

    assert template.environment()["S3_BUCKET_NAME"] == "our-files"
    role = template.of(synthesized.construct.tasks.task_role)
    (objects,) = [one for one in template.statements(role) if "s3:PutObject" in one["Action"]]
    assert objects["Resource"]["Fn::Join"][1][-1] == ":s3:::our-files/*"


def test_an_own_bucket_with_a_key_can_be_read() -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        return {"bucket": s3.Bucket(stack, "Own", encryption=s3.BucketEncryption.KMS)}

    synthesized = synthesize(own)
    template = synthesized.template

    role = template.of(synthesized.construct.tasks.task_role)
    (decrypt,) = [one for one in template.statements(role) if "kms:Decrypt" in one["Action"]]
    assert decrypt["Resource"] == template.one("AWS::KMS::Key").attribute("Arn")


# --- zone and certificate


def certificates(template: Template) -> list[Any]:
    return [
        one["Certificates"]
        for one in template.of_type("AWS::ElasticLoadBalancingV2::Listener")
        if one["Port"] == 443
    ]


def test_a_certificate_by_its_arn_is_used() -> None:
    template = synthesize(env=ENVIRONMENT, certificate_arn=ARN, **DOMAIN).template

    assert certificates(template) == [[{"CertificateArn": ARN}]]
    assert "AWS::CertificateManager::Certificate" not in template.types


def test_a_certificate_as_an_object_is_used() -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        return {"certificate": acm.Certificate(stack, "Own", domain_name="*.example.com")}

    template = synthesize(own, **DOMAIN).template

    certificate = template.one("AWS::CertificateManager::Certificate")
    assert certificate["DomainName"] == "*.example.com"
    assert certificates(template) == [[{"CertificateArn": certificate.ref}]]


def test_a_zone_as_an_object_is_used() -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        return {"hosted_zone": route53.PublicHostedZone(stack, "Own", zone_name="example.com")}

    template = synthesize(own, api_domain_name="api.example.com").template

    zone = template.one("AWS::Route53::HostedZone")
    assert {str(one["HostedZoneId"]) for one in template.of_type("AWS::Route53::RecordSet")} == {
        str(zone.ref)
    }


def test_a_zone_by_its_name_is_looked_up_when_the_stack_knows_its_place() -> None:
    synthesized = synthesize(
        env=ENVIRONMENT, api_domain_name="api.example.com", zone_name="example.com"
    )

    manifest = json.loads((synthesized.template.assembly / "manifest.json").read_text())
    asked = {one["provider"]: one["props"] for one in manifest["missing"]}
    assert asked["hosted-zone"]["domainName"] == "example.com"


def test_the_domain_may_be_the_zone_itself() -> None:
    template = synthesize(**{**DOMAIN, "api_domain_name": "example.com"}).template

    assert {one["Name"] for one in template.of_type("AWS::Route53::RecordSet")} == {"example.com."}


def test_without_anything_to_log_there_is_no_log_bucket() -> None:
    def own(stack: cdk.Stack) -> Mapping[str, Any]:
        vpc = own_vpc(stack)
        balancer = elbv2.ApplicationLoadBalancer(stack, "OwnBalancer", vpc=vpc)
        bucket = s3.Bucket.from_bucket_name(stack, "OwnBucket", "own")
        return {"vpc": vpc, "load_balancer": balancer, "bucket": bucket}

    assert synthesize(own).construct.access_logs is None
