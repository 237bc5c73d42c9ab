"""The variants of DjangoPipeline and GitHubDeployRole that every check of this folder reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aws_cdk as cdk

from django_cdk import DjangoPipeline, GitHubDeployRole
from tests.pipeline.conftest import CONNECTION, REPOSITORY, Blog
from tests.quality.variants import BACKEND
from tests.stacks import ACCOUNT, ENVIRONMENT

ELSEWHERE = cdk.Environment(account="444455556666", region="us-east-1")


def _image(stack: cdk.Stack, name: str, env: cdk.Environment | None = None) -> cdk.Stage:
    """An environment that is all image: what else is deployed is checked in other variants."""
    return Blog(stack, name, image=str(BACKEND), env=env)


def _pipeline(stack: cdk.Stack) -> None:
    DjangoPipeline(
        stack,
        "Pipeline",
        connection_arn=CONNECTION,
        repository=REPOSITORY,
        staging=_image(stack, "Staging"),
        production=_image(stack, "Production"),
        docker_in_tests=True,
        cpu_architecture="ARM64",
    )


def _pipeline_abroad(stack: cdk.Stack) -> None:
    DjangoPipeline(
        stack,
        "Pipeline",
        connection_arn=CONNECTION,
        repository=REPOSITORY,
        production=_image(stack, "Production", ELSEWHERE),
    )


def _role(stack: cdk.Stack) -> None:
    GitHubDeployRole(
        stack,
        "Deploy",
        repository=REPOSITORY,
        branches=["main"],
        tags=["v*"],
        existing_oidc_provider=True,
        accounts=[ACCOUNT, "444455556666"],
        regions=["eu-west-1", "us-east-1"],
    )


PIPELINE_VARIANTS: Mapping[str, tuple[cdk.Environment | None, Callable[[cdk.Stack], None]]] = {
    "PipelineAnywhere": (None, _pipeline),
    "PipelineAbroad": (ENVIRONMENT, _pipeline_abroad),
    "DeployRole": (ENVIRONMENT, _role),
}


def build_pipeline_variants(app: cdk.App) -> None:
    """Make one stack for each variant."""
    for name, (environment, build) in PIPELINE_VARIANTS.items():
        build(cdk.Stack(app, name, env=environment))
