"""ECS Exec: off unless asked for; then encrypted, logged, and a line to paste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import pytest

from tests.stacks import Resource, Synthesized, synthesize


@pytest.fixture(scope="module")
def key(everything: Synthesized) -> Resource:
    return everything.template.of(everything.construct.exec_sessions.key)


@pytest.fixture(scope="module")
def log_group(everything: Synthesized) -> Resource:
    return everything.template.of(everything.construct.exec_sessions.log_group)


def test_is_off_unless_asked_for(blog: Synthesized) -> None:
    assert "AWS::KMS::Key" not in blog.template.types
    assert blog.template.of(blog.construct.web.service)["EnableExecuteCommand"] is False
    assert not [name for name in blog.template.outputs if "Exec" in name]
    assert "ssmmessages" not in blog.template.text


def test_every_service_can_be_entered(everything: Synthesized) -> None:
    services = everything.template.of_type("AWS::ECS::Service")

    assert [one["EnableExecuteCommand"] for one in services] == [True, True, True]


def test_sessions_are_encrypted_with_a_key_of_their_own(
    everything: Synthesized, key: Resource
) -> None:
    cluster = everything.template.of(everything.construct.cluster)

    configuration = cluster["Configuration"]["ExecuteCommandConfiguration"]
    assert configuration["KmsKeyId"] == key.attribute("Arn")


def test_the_key_rotates_and_is_kept(key: Resource) -> None:
    assert key["EnableKeyRotation"] is True
    assert key.deletion_policy == "RetainExceptOnCreate"


def test_sessions_are_logged_encrypted(
    everything: Synthesized, key: Resource, log_group: Resource
) -> None:
    cluster = everything.template.of(everything.construct.cluster)

    configuration = cluster["Configuration"]["ExecuteCommandConfiguration"]
    assert configuration["Logging"] == "OVERRIDE"
    assert configuration["LogConfiguration"] == {
        "CloudWatchEncryptionEnabled": True,
        "CloudWatchLogGroupName": log_group.ref,
    }
    assert log_group["KmsKeyId"] == key.attribute("Arn")


def test_the_log_of_sessions_stays_as_long_as_its_key(key: Resource, log_group: Resource) -> None:
    assert log_group.deletion_policy == key.deletion_policy


def test_cloudwatch_may_use_the_key_for_log_groups_only(key: Resource) -> None:
    of_logs = [one for one in key["KeyPolicy"]["Statement"] if "Service" in one["Principal"]]

    assert of_logs
    for statement in of_logs:
        assert list(statement["Condition"]) == ["ArnLike"]
        assert list(statement["Condition"]["ArnLike"]) == ["kms:EncryptionContext:aws:logs:arn"]


def test_the_tasks_may_do_exactly_what_a_session_needs(
    everything: Synthesized, key: Resource
) -> None:
    template = everything.template
    role = template.of(everything.construct.tasks.task_role)
    added = {
        action: statement["Resource"]
        for statement in template.statements(role)
        for action in statement["Action"]
        if action.split(":")[0] in {"ssmmessages", "kms", "logs"}
    }

    assert {action for action in added if added[action] == "*"} == {
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "logs:DescribeLogGroups",
    }
    assert {action for action in added if added[action] == key.attribute("Arn")} == {
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }


def test_the_tasks_write_to_the_session_log_only(
    everything: Synthesized, log_group: Resource
) -> None:
    template = everything.template
    role = template.of(everything.construct.tasks.task_role)
    (statement,) = [
        one for one in template.statements(role) if "logs:PutLogEvents" in one["Action"]
    ]

    assert statement["Resource"]["Fn::Join"][1][-2:] == [log_group.ref, ":*"]


def test_the_output_is_a_complete_command_line(everything: Synthesized) -> None:
    construct, template = everything.construct, everything.template
    (output,) = [value for name, value in template.outputs.items() if "ExecCommand" in name]
    names = {
        template.of(construct.cluster).id: "CLUSTER",
        template.of(construct.web.service).id: "SERVICE",
        "AWS::Region": "REGION",
    }

    line = "".join(
        one if isinstance(one, str) else names[one.get("Ref") or one["Fn::GetAtt"][0]]
        for one in output["Fn::Join"][1]
    )
    assert line == (
        "aws ecs execute-command --region REGION --cluster CLUSTER "
        "--task $(aws ecs list-tasks --region REGION --cluster CLUSTER --service-name SERVICE "
        "--desired-status RUNNING --query 'taskArns[0]' --output text) "
        "--container web --interactive --command /bin/sh"
    )


def own_cluster(stack: cdk.Stack) -> Mapping[str, Any]:
    return {"cluster": ecs.Cluster(stack, "Own", vpc=ec2.Vpc(stack, "OwnVpc", max_azs=2))}


def test_a_cluster_of_the_users_own_keeps_its_own_sessions() -> None:
    synthesized = synthesize(own_cluster, use_ecs_exec=True)

    assert synthesized.construct.exec_sessions is None
    assert "AWS::KMS::Key" not in synthesized.template.types
    web = synthesized.template.of(synthesized.construct.web.service)
    assert web["EnableExecuteCommand"] is True
    assert "ssmmessages:OpenDataChannel" in synthesized.template.text
