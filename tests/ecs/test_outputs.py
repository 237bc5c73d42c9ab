"""Outputs: what a person wants to copy after a deployment; and the construct's public children."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_sqs as sqs
import pytest
from constructs import Construct

from django_cdk import DjangoEcs, ScheduledCommand
from tests.stacks import Synthesized, Template, django_ecs, new_stack, synthesize


def outputs(synthesized: Synthesized) -> dict[str, Any]:
    """Name -> value, without the hash that the CDK adds to the name."""
    stack = synthesized.template.stack
    return {
        output.node.id: stack.resolve(output.value)
        for output in synthesized.construct.node.children
        if isinstance(output, cdk.CfnOutput)
    }


def test_without_shells_there_are_five_kinds(blog: Synthesized) -> None:
    assert list(outputs(blog)) == ["Url", "StaticFileBucketName", "ClusterName", "Service-web"]


def test_every_output_is_in_the_template(everything: Synthesized) -> None:
    assert list(everything.template.outputs.values()) == list(outputs(everything).values())


def test_the_url_is_the_domain(site: Synthesized) -> None:
    assert outputs(site)["Url"] == "https://api.example.com"


def test_without_a_domain_the_url_is_the_load_balancer_over_plain_http(blog: Synthesized) -> None:
    host = blog.template.of(blog.construct.load_balancer).attribute("DNSName")

    assert outputs(blog)["Url"] == {"Fn::Join": ["", ["http://", host]]}


def test_the_bucket_and_the_cluster_are_named(blog: Synthesized) -> None:
    construct, template = blog.construct, blog.template

    assert outputs(blog)["StaticFileBucketName"] == template.of(construct.static_file_bucket).ref
    assert outputs(blog)["ClusterName"] == template.of(construct.cluster).ref


def test_each_service_is_named(everything: Synthesized) -> None:
    template = everything.template

    for name, service in everything.construct.services.items():
        assert outputs(everything)[f"Service-{name}"] == template.of(service).attribute("Name")


@pytest.mark.parametrize(
    "attribute",
    [
        "access_logs",
        "cluster",
        "image",
        "load_balancer",
        "static_file_bucket",
        "vpc",
        "web",
        "release",
        "alarms",
        "backing",
        "environment",
        "tasks",
    ],
)
def test_children_are_public(blog: Synthesized, attribute: str) -> None:
    assert isinstance(getattr(blog.construct, attribute), Construct)


def test_names_of_the_original_are_there(site: Synthesized) -> None:
    construct = site.construct

    assert construct.api_domain_name == "api.example.com"
    assert construct.vpc is not None
    assert construct.cluster is not None
    assert construct.image is not None
    assert construct.load_balancer is not None
    assert construct.static_file_bucket is not None


def test_what_was_not_asked_for_is_none(blog: Synthesized) -> None:
    construct = blog.construct

    assert (construct.beat, construct.schedule, construct.exec_sessions) == (None, None, None)
    assert (construct.domain, construct.api_domain_name, construct.workers) == (None, None, {})


def test_a_child_can_be_changed_before_synthesis() -> None:
    stack = new_stack()
    blog = django_ecs(stack)
    blog.backing.database.instance.node.default_child.add_property_override("Iops", 12000)
    blog.web.target_group.set_attribute("stickiness.enabled", "true")
    template = Template.of_stack(stack)

    assert template.one("AWS::RDS::DBInstance")["Iops"] == 12000
    assert {"Key": "stickiness.enabled", "Value": "true"} in template.one(
        "AWS::ElasticLoadBalancingV2::TargetGroup"
    )["TargetGroupAttributes"]


def test_every_child_lives_in_the_construct() -> None:
    """But the stack's one provider of release commands, and the CDK's own singletons."""
    stack = new_stack()
    nightly = ScheduledCommand(schedule="rate(1 day)", command=["a"])
    django_ecs(stack, use_ecs_exec=True, celery_app="blog", scheduled_commands={"a": nightly})

    beside = [one.node.id for one in stack.node.children if not isinstance(one, DjangoEcs)]
    assert [
        one for one in beside if not one.startswith(("CDKMetadata", "Custom::", "@", "Check"))
    ] == ["DjangoReleaseProvider"]


def test_it_is_a_peer_for_security_groups() -> None:
    stack = new_stack()
    blog = django_ecs(stack)
    group = ec2.SecurityGroup(stack, "Search", vpc=blog.vpc)
    group.connections.allow_from(blog, ec2.Port.tcp(9200))
    template = Template.of_stack(stack)

    (rule,) = template.ingress(template.of(group))
    tasks = template.of(blog.tasks.security_group)
    assert (rule["SourceSecurityGroupId"], rule["FromPort"]) == (tasks.attribute("GroupId"), 9200)


def test_it_is_a_grantee() -> None:
    stack = new_stack()
    blog = django_ecs(stack)
    queue = sqs.Queue(stack, "Queue")
    queue.grant_send_messages(blog)
    template = Template.of_stack(stack)

    statements = template.statements(template.of(blog.tasks.task_role))
    assert [one["Resource"] for one in statements if "sqs:SendMessage" in one["Action"]] == [
        template.of(queue).attribute("Arn")
    ]


def test_two_applications_in_one_stack_have_outputs_of_their_own() -> None:
    stack = new_stack()
    django_ecs(stack, "Blog")
    django_ecs(stack, "Shop")

    names = list(Template.of_stack(stack).outputs)
    assert len(names) == len(set(names)) == 8


def test_the_cluster_can_be_watched_closely() -> None:
    settings = [
        synthesized.template.of(synthesized.construct.cluster)["ClusterSettings"]
        for synthesized in (synthesize(), synthesize(container_insights=True))
    ]

    assert settings == [
        [{"Name": "containerInsights", "Value": "disabled"}],
        [{"Name": "containerInsights", "Value": "enabled"}],
    ]
