"""Least privilege: no action and no resource is a star, but for those told here with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.stacks import Synthesized, Template

#: Action -> why no narrower resource is possible. Whatever else asks for "*" fails.
ANY_RESOURCE = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/
    "ssmmessages:CreateControlChannel": "the service knows no resource for channels",
    "ssmmessages:CreateDataChannel": "the service knows no resource for channels",
    "ssmmessages:OpenControlChannel": "the service knows no resource for channels",
    "ssmmessages:OpenDataChannel": "the service knows no resource for channels",
    "logs:DescribeLogGroups": "ECS Exec asks for it on all groups before it writes to one",
    "ecs:ListTasks": "its resource is a container instance, which Fargate has none of; the "
    "condition ecs:cluster narrows it",
    "ecr:GetAuthorizationToken": "a token is for the whole registry",
}

#: Where an action may be a star: the owner's way back into a key, and denials.
KEY_POLICY = "a key whose policy does not name its account can never be changed again"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policies(template: Template) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every statement that allows something: logical id, type, statement."""
    for resource in template.resources.values():
        documents = [
            resource.get("PolicyDocument"),
            resource.get("KeyPolicy"),
            resource.get("AssumeRolePolicyDocument"),
            *(one["PolicyDocument"] for one in resource.get("Policies", [])),
        ]
        for document in documents:
            for statement in (document or {}).get("Statement", []):
                if statement["Effect"] == "Allow":
                    yield resource.id, resource.type, statement


@pytest.fixture(params=["everything", "without_nat"])
def template(request: pytest.FixtureRequest) -> Template:
    found: Synthesized = request.getfixturevalue(request.param)
    return found.template


def test_no_action_is_a_star(template: Template) -> None:
    stars = [
        (name, action)
        for name, type_name, statement in policies(template)
        for action in listed(statement.get("Action", []))
        if type_name != "AWS::KMS::Key" and (action == "*" or action.endswith(":*"))
    ]

    assert stars == []


def test_the_owner_of_a_key_is_the_only_one_with_every_action_on_it(template: Template) -> None:
    for _, type_name, statement in policies(template):
        if type_name == "AWS::KMS::Key" and "kms:*" in listed(statement["Action"]):
            assert statement["Principal"]["AWS"]["Fn::Join"][1][-1] == ":root", KEY_POLICY


def test_no_resource_is_a_star_but_where_the_service_knows_no_narrower(
    template: Template,
) -> None:
    stars = {
        action
        for _, type_name, statement in policies(template)
        if type_name == "AWS::IAM::Policy" and "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }

    assert stars - set(ANY_RESOURCE) == set()


def test_tasks_are_listed_in_the_cluster_only(everything: Synthesized) -> None:
    cluster = everything.template.of(everything.construct.cluster).attribute("Arn")
    conditions = [
        statement["Condition"]
        for _, _, statement in policies(everything.template)
        if "ecs:ListTasks" in listed(statement.get("Action", []))
    ]

    assert conditions
    assert all(one == {"ArnEquals": {"ecs:cluster": cluster}} for one in conditions)


def test_roles_are_passed_to_tasks_only(everything: Synthesized) -> None:
    passed = [
        statement
        for _, _, statement in policies(everything.template)
        if "iam:PassRole" in listed(statement.get("Action", []))
    ]

    assert passed
    for statement in passed:
        (condition,) = statement["Condition"].values()
        assert condition == {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


def test_the_provider_runs_the_release_task_only(everything: Synthesized) -> None:
    template = everything.template
    family = template.task("release")["Family"]
    provider = everything.construct.release.provider
    statements = template.statements(template.of(provider.on_event.role))

    runnable = [one["Resource"] for one in statements if one["Action"] == "ecs:RunTask"]
    assert [one["Fn::Join"][1][-1] for one in runnable] == [f":task-definition/{family}:*"]


def test_the_provider_reads_the_release_log_only(everything: Synthesized) -> None:
    template = everything.template
    provider = everything.construct.release.provider
    group = template.of(everything.construct.release.task.log_group)
    statements = template.statements(template.of(provider.is_complete.role))

    (read,) = [one for one in statements if one["Action"] == "logs:GetLogEvents"]
    assert read["Resource"]["Fn::Join"][1][-2:] == [group.ref, ":log-stream:release/*"]


def test_roles_are_assumed_by_services_only(template: Template) -> None:
    principals = [
        list(statement["Principal"])
        for role in template.of_type("AWS::IAM::Role")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    ]

    assert principals
    assert all(one == ["Service"] for one in principals)


def test_no_bucket_or_queue_is_open_to_everybody(template: Template) -> None:
    open_to = [
        (name, statement["Principal"])
        for name, type_name, statement in policies(template)
        if type_name in {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::KMS::Key"}
        and statement["Principal"] in ("*", {"AWS": "*"})
    ]

    assert open_to == []


def test_no_user_and_no_access_key_is_made(template: Template) -> None:
    assert {"AWS::IAM::User", "AWS::IAM::AccessKey"}.isdisjoint(template.types)
