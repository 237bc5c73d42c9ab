"""Names: none is fixed, and no two applications, stacks or stages share one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import ScheduledCommand
from tests.stacks import IMAGE, Synthesized, Template, django_ecs, new_app, new_stack

#: Properties that fix a physical name which must be unique in an account and region, or the world.
PHYSICAL_NAMES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": [],
    "AWS::CloudWatch::Alarm": ["AlarmName"],
    "AWS::EC2::LaunchTemplate": ["LaunchTemplateName"],
    "AWS::EC2::SecurityGroup": ["GroupName"],
    "AWS::ECS::Cluster": ["ClusterName"],
    "AWS::ECS::Service": ["ServiceName"],
    "AWS::ElastiCache::ReplicationGroup": ["ReplicationGroupId"],
    "AWS::ElastiCache::SubnetGroup": ["CacheSubnetGroupName"],
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ["Name"],
    "AWS::ElasticLoadBalancingV2::TargetGroup": ["Name"],
    "AWS::Events::Rule": ["Name"],
    "AWS::IAM::ManagedPolicy": ["ManagedPolicyName"],
    "AWS::IAM::Role": ["RoleName"],
    "AWS::KMS::Alias": ["AliasName"],
    "AWS::Lambda::Function": ["FunctionName"],
    "AWS::Logs::LogGroup": ["LogGroupName"],
    "AWS::RDS::DBCluster": ["DBClusterIdentifier"],
    "AWS::RDS::DBClusterParameterGroup": ["DBClusterParameterGroupName"],
    "AWS::RDS::DBInstance": ["DBInstanceIdentifier"],
    "AWS::RDS::DBParameterGroup": ["DBParameterGroupName"],
    "AWS::RDS::DBSubnetGroup": ["DBSubnetGroupName"],
    "AWS::S3::Bucket": ["BucketName"],
    "AWS::SQS::Queue": ["QueueName"],
    "AWS::Scheduler::Schedule": ["Name"],
    "AWS::SecretsManager::Secret": ["Name"],
    "AWS::StepFunctions::StateMachine": ["StateMachineName"],
}

#: Generated from the construct's path, so unique in an account by the stack's name.
GENERATED = {"AWS::ECS::TaskDefinition": ["Family"]}


def everything_in(stack: cdk.Stack, name: str = "Blog") -> None:
    django_ecs(
        stack,
        name,
        image=IMAGE,
        celery_app="blog",
        use_celery_beat=True,
        use_ecs_exec=True,
        scheduled_commands={"a": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
    )


def names(template: Template, table: Mapping[str, list[str]]) -> list[tuple[str, str, Any]]:
    """Type, property and value of every physical name in a template."""
    return [
        (resource.type, name, resource[name])
        for resource in template.resources.values()
        for name in table.get(resource.type, [])
        if name in resource.properties
    ]


@pytest.fixture(scope="module")
def two_applications() -> Template:
    stack = new_stack()
    everything_in(stack, "Blog")
    everything_in(stack, "Shop")
    return Template.of_stack(stack)


@pytest.fixture(scope="module")
def two_stacks() -> list[Template]:
    app = new_app()
    stacks = [new_stack(name, app=app) for name in ("Test", "Production")]
    for stack in stacks:
        everything_in(stack)
    return [Template.of_stack(stack) for stack in stacks]


def test_no_resource_has_a_fixed_name(everything: Synthesized) -> None:
    assert names(everything.template, PHYSICAL_NAMES) == []


def test_no_resource_of_a_type_that_the_table_forgets_has_a_name(everything: Synthesized) -> None:
    """Property names that end in Name and hold text, in types that the table does not know."""
    known = {*PHYSICAL_NAMES, *GENERATED}
    harmless = {
        ("AWS::IAM::Policy", "PolicyName"),  # inline: unique in its role
        ("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName"),  # unique in its target
        ("AWS::CertificateManager::Certificate", "DomainName"),
        ("AWS::Route53::RecordSet", "Name"),  # the domain that was given
        ("Custom::DjangoReleaseCommand", "Name"),  # in a message, not in AWS
    }
    named = {
        (resource.type, name)
        for resource in everything.template.resources.values()
        for name, value in resource.properties.items()
        if resource.type not in known and name.endswith("Name") and isinstance(value, str)
    }

    assert named - harmless == set()


def test_families_are_made_of_the_path(everything: Synthesized) -> None:
    families = [value for _, _, value in names(everything.template, GENERATED)]

    assert families
    assert all(one.startswith("StackBlog") for one in families)


def test_two_applications_in_a_stack_share_no_name(two_applications: Template) -> None:
    found = names(two_applications, {**PHYSICAL_NAMES, **GENERATED})

    assert len(found) == len(set(found)) == 2 * 5


def test_two_applications_in_a_stack_are_whole(two_applications: Template) -> None:
    for type_name in ("AWS::EC2::VPC", "AWS::RDS::DBInstance", "AWS::ECS::Cluster"):
        assert len(two_applications.of_type(type_name)) == 2


def test_two_stacks_share_no_name(two_stacks: list[Template]) -> None:
    one, other = (set(names(each, {**PHYSICAL_NAMES, **GENERATED})) for each in two_stacks)

    assert one
    assert one.isdisjoint(other)


def test_two_stages_share_no_name() -> None:
    app = new_app()
    stacks = [cdk.Stack(cdk.Stage(app, stage), "Stack") for stage in ("Test", "Production")]
    for stack in stacks:
        everything_in(stack)
    families = [stack.node.find_child("Blog").web.task.definition.family for stack in stacks]

    assert families[0] != families[1]


def test_logical_ids_do_not_depend_on_the_stack(two_stacks: list[Template]) -> None:
    """So that a snapshot freezes them. The CDK puts a path into those of security group rules and
    of the database's secret.
    """
    with_path = {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"}
    one, other = (
        {
            name
            for name, resource in each.resources.items()
            if resource.type not in with_path and not name.startswith(each.stack.stack_name)
        }
        for each in two_stacks
    )

    assert one == other
