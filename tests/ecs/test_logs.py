"""Logs and tags: one log group for each process, kept for a while; tags reach the tasks."""

from __future__ import annotations

import aws_cdk as cdk
import aws_cdk.aws_logs as logs
import pytest

from django_cdk import ScheduledCommand
from tests.stacks import Synthesized, Template, django_ecs, new_stack, synthesize

PROCESSES = ["web", "celery", "beat", "release", "clearsessions"]


def test_every_log_group_forgets(everything: Synthesized) -> None:
    groups = everything.template.of_type("AWS::Logs::LogGroup")

    assert len(groups) == len(PROCESSES) + 4  # shells, and the provider's two functions and frame
    assert {one["RetentionInDays"] for one in groups} == {30}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_logs_to_its_own_group_under_its_name(
    everything: Synthesized, process: str
) -> None:
    container = everything.template.container(process)["LogConfiguration"]

    assert container["LogDriver"] == "awslogs"
    assert container["Options"]["awslogs-stream-prefix"] == process
    groups = [
        str(everything.template.container(one)["LogConfiguration"]["Options"]["awslogs-group"])
        for one in PROCESSES
    ]
    assert groups.count(str(container["Options"]["awslogs-group"])) == 1


def test_how_long_logs_are_kept_is_an_option() -> None:
    synthesized = synthesize(
        log_retention=logs.RetentionDays.ONE_YEAR,
        use_ecs_exec=True,
        scheduled_commands={"a": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
    )
    template, construct = synthesized.template, synthesized.construct

    of_processes = [
        template.resources[
            template.container(one)["LogConfiguration"]["Options"]["awslogs-group"]["Ref"]
        ]["RetentionInDays"]
        for one in ("web", "release", "a")
    ]
    assert of_processes == [365, 365, 365]
    assert template.of(construct.exec_sessions.log_group)["RetentionInDays"] == 365


def test_the_execution_role_writes_to_these_groups_only(everything: Synthesized) -> None:
    template = everything.template
    role = template.of(everything.construct.tasks.execution_role)
    (statement,) = [
        one for one in template.statements(role) if "logs:PutLogEvents" in one["Action"]
    ]

    expected = [
        {
            "Fn::GetAtt": [
                template.container(one)["LogConfiguration"]["Options"]["awslogs-group"]["Ref"],
                "Arn",
            ]
        }
        for one in PROCESSES
    ]
    assert sorted(map(str, statement["Resource"])) == sorted(map(str, expected))


@pytest.fixture(scope="module")
def tagged() -> Template:
    stack = new_stack()
    django_ecs(
        stack,
        celery_app="blog",
        use_celery_beat=True,
        scheduled_commands={"a": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
    )
    cdk.Tags.of(stack).add("team", "blog")
    return Template.of_stack(stack)


def test_services_hand_their_tags_to_their_tasks(tagged: Template) -> None:
    for service in tagged.of_type("AWS::ECS::Service"):
        assert {"Key": "team", "Value": "blog"} in service["Tags"]
        assert service["PropagateTags"] == "SERVICE"
        assert service["EnableECSManagedTags"] is True


def test_scheduled_tasks_get_the_tags_of_their_definition(tagged: Template) -> None:
    assert {"Key": "team", "Value": "blog"} in tagged.task("a")["Tags"]
    parameters = tagged.one("AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
    assert parameters["PropagateTags"] == "TASK_DEFINITION"
    assert parameters["EnableECSManagedTags"] is True


@pytest.mark.parametrize(
    "type_name",
    [
        "AWS::RDS::DBInstance",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::Logs::LogGroup",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::EC2::VPC",
        "AWS::Lambda::Function",
    ],
)
def test_tags_reach_what_costs_or_holds_something(tagged: Template, type_name: str) -> None:
    ours = [one for one in tagged.of_type(type_name) if not one.id.startswith("Custom")]

    assert ours
    assert all({"Key": "team", "Value": "blog"} in one["Tags"] for one in ours)
