"""Whole templates: a change that would replace a role or a bucket shows in review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import aws_cdk.aws_sns as sns
import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.pipeline.conftest import Made, Pipelines, deploy_role
from tests.stacks import ENVIRONMENT, REGION

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

pytestmark = pytest.mark.snapshot


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def test_the_role(snapshot: SnapshotAssertion) -> None:
    assert deploy_role().template.body == snapshot


def test_the_role_with_everything(snapshot: SnapshotAssertion) -> None:
    made = deploy_role(
        repository="octo-org@123456/blog@456789",
        environments=["staging", "production"],
        branches=["main"],
        tags=["v*"],
        existing_oidc_provider=True,
        qualifier="blog",
        accounts=["444455556666"],
        regions=["eu-west-1", "us-east-1"],
        session_duration=7200,
        role_name="deploy-blog",
    )

    assert made.template.body == snapshot


def test_the_pipeline(blog: Made, snapshot: SnapshotAssertion) -> None:
    assert blog.template.body == snapshot


def test_the_pipeline_into_another_account(
    pipelines: Pipelines, snapshot: SnapshotAssertion
) -> None:
    made = pipelines(
        lambda stack: {"notification_topic": sns.Topic(stack, "Topic")},
        env=ENVIRONMENT,
        stage_env=cdk.Environment(account="444455556666", region=REGION),
    )

    assert made.template.body == snapshot
