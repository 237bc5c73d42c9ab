"""What a push goes through on its way to production."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk.aws_sns as sns
import pytest
from aws_cdk import pipelines as cdk_pipelines

from django_cdk import DjangoPipeline
from tests.pipeline.conftest import CONNECTION, REPOSITORY, Blog, Made, Pipelines
from tests.stacks import Template, new_stack

ALL = ["Source", "Build", "UpdatePipeline", "Assets", "Test", "Staging", "Production"]


def providers(made: Made, stage: str) -> list[str]:
    return [action["ActionTypeId"]["Provider"] for action in made.stages[stage]]


def names(made: Made, stage: str) -> list[str]:
    return [action["Name"] for action in made.stages[stage]]


def test_the_stages_stand_in_their_order(blog: Made) -> None:
    assert list(blog.stages) == ALL


def test_the_source_is_the_branch_by_the_connection(blog: Made) -> None:
    (source,) = blog.stages["Source"]

    assert source["Configuration"] == {
        "ConnectionArn": CONNECTION,
        "FullRepositoryId": "octo-org/blog",
        "BranchName": "main",
    }


def test_another_branch_is_taken(pipelines: Pipelines) -> None:
    (source,) = pipelines(branch="release").stages["Source"]

    assert source["Configuration"]["BranchName"] == "release"


def test_the_connection_may_be_used_under_both_names_of_its_service(blog: Made) -> None:
    role = blog.template.of(blog.construct.code_pipeline.role)
    actions = [
        action
        for one in blog.template.statements(role)
        if one["Resource"] == CONNECTION
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]

    assert sorted(actions) == [
        "codeconnections:UseConnection",
        "codestar-connections:UseConnection",
    ]


def test_the_pipeline_brings_itself_up_to_date_and_starts_again(blog: Made) -> None:
    (command,) = blog.build_spec("SelfMutate")["phases"]["build"]["commands"]

    assert command.startswith("cdk -a . deploy Stack --require-approval=never")
    assert blog.template.one("AWS::CodePipeline::Pipeline")["RestartExecutionOnUpdate"] is True


def test_images_and_files_are_published_by_one_project_each(blog: Made) -> None:
    assert names(blog, "Assets") == ["DockerAssets", "FileAssets"]


def test_a_new_image_does_not_change_the_pipeline(
    pipelines: Pipelines, blog: Made, tmp_path: Path
) -> None:
    """Else it would change itself, and start again, at every push."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nLABEL version=2\n")

    other = pipelines(project=str(tmp_path))

    assert other.template.body == blog.template.body


def test_the_tests_run_before_anything_is_deployed(blog: Made) -> None:
    assert providers(blog, "Test") == ["CodeBuild"]
    assert blog.construct.test is not None


def test_without_test_commands_there_is_no_test(pipelines: Pipelines) -> None:
    made = pipelines(test_commands=())

    assert made.construct.test is None
    assert "Test" not in made.stages


def test_staging_is_deployed_without_a_question(blog: Made) -> None:
    assert providers(blog, "Staging") == ["CloudFormation", "CloudFormation"]


def test_production_waits_for_an_approval_first(blog: Made) -> None:
    order = {action["Name"]: action["RunOrder"] for action in blog.stages["Production"]}

    assert providers(blog, "Production") == ["Manual", "CloudFormation", "CloudFormation"]
    assert order["Approve"] < min(order[name] for name in order if name != "Approve")


def test_production_is_deployed_at_once_without_the_approval(pipelines: Pipelines) -> None:
    made = pipelines(approval=False)

    assert made.construct.approval is None
    assert "Manual" not in providers(made, "Production")


def test_a_pipeline_may_have_production_alone(pipelines: Pipelines) -> None:
    assert list(pipelines(staging=False).stages) == [one for one in ALL if one != "Staging"]


def test_checks_of_staging_run_when_it_is_deployed(pipelines: Pipelines) -> None:
    check = cdk_pipelines.ShellStep("Smoke", commands=["curl --fail https://staging.example.com"])
    made = pipelines(staging_checks=[check])

    assert names(made, "Staging")[-1] == "Smoke"
    assert made.build_spec("Smoke")["phases"]["build"]["commands"] == check.commands


def test_another_stage_can_be_added_after_production(image: str) -> None:
    stack = new_stack()
    made = DjangoPipeline(
        stack,
        "Pipeline",
        connection_arn=CONNECTION,
        repository=REPOSITORY,
        production=Blog(stack, "Production", image=image),
    )
    made.pipeline.add_stage(Blog(stack, "Elsewhere", image=image))

    assert list(Made(made, Template.of_stack(stack)).stages)[-2:] == ["Production", "Elsewhere"]


@pytest.fixture(scope="module")
def told(pipelines: Pipelines) -> Made:
    return pipelines(lambda stack: {"notification_topic": sns.Topic(stack, "Topic")})


def test_the_topic_is_told_of_failures_and_waiting_approvals(told: Made) -> None:
    rule = told.template.one("AWS::CodeStarNotifications::NotificationRule")

    assert rule["EventTypeIds"] == [
        "codepipeline-pipeline-pipeline-execution-failed",
        "codepipeline-pipeline-manual-approval-needed",
    ]
    assert [one["TargetAddress"] for one in rule["Targets"]] == [
        told.template.one("AWS::SNS::Topic").ref
    ]


def test_the_topic_lets_the_notifications_in(told: Made) -> None:
    policy = json.dumps(told.template.one("AWS::SNS::TopicPolicy").properties)

    assert "codestar-notifications.amazonaws.com" in policy


def test_without_a_topic_nobody_is_told(blog: Made) -> None:
    assert blog.template.of_type("AWS::CodeStarNotifications::NotificationRule") == []


def test_the_output_is_the_pipelines_name(blog: Made) -> None:
    assert list(blog.template.outputs.values()) == [
        blog.template.one("AWS::CodePipeline::Pipeline").ref
    ]


def test_two_pipelines_in_one_stack_do_not_collide(image: str) -> None:
    stack = new_stack()
    for name in ("Blog", "Shop"):
        DjangoPipeline(
            stack,
            name,
            connection_arn=CONNECTION,
            repository=f"octo-org/{name.lower()}",
            production=Blog(stack, f"{name}Production", image=image),
        )

    assert len(Template.of_stack(stack).of_type("AWS::CodePipeline::Pipeline")) == 2
