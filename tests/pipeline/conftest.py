"""DjangoPipeline and GitHubDeployRole alone in a stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import aws_cdk.aws_ecr_assets as ecr_assets
import aws_cdk.aws_s3_assets as s3_assets
import pytest

from django_cdk import DjangoPipeline, GitHubDeployRole
from tests.stacks import ENVIRONMENT, Resource, Template, image_directory, new_app, new_stack

if TYPE_CHECKING:
    from constructs import Construct

CONNECTION = "arn:aws:codeconnections:eu-central-1:111122223333:connection/0a1b-2c3d"
REPOSITORY = "octo-org/blog"

Options = Mapping[str, Any]


class Blog(cdk.Stage):
    """An environment with an image and a file to publish."""

    def __init__(self, scope: Construct, id: str, *, image: str, **props: Any) -> None:
        super().__init__(scope, id, **props)
        stack = cdk.Stack(self, "Blog")
        ecr_assets.DockerImageAsset(stack, "Image", directory=image)
        s3_assets.Asset(stack, "File", path=f"{image}/Dockerfile")
        # CloudFormation knows no stack without a resource; this one does nothing.
        cdk.CfnWaitConditionHandle(stack, "Nothing")


@dataclass(frozen=True)
class Made:
    """The construct and the template of the pipeline's stack."""

    construct: DjangoPipeline
    template: Template

    @property
    def stages(self) -> dict[str, list[Mapping[str, Any]]]:
        """Stage of CodePipeline -> its actions, in the order of the pipeline."""
        pipeline = self.template.one("AWS::CodePipeline::Pipeline")
        return {stage["Name"]: stage["Actions"] for stage in pipeline["Stages"]}

    def project(self, action: str) -> Resource:
        """The CodeBuild project of an action."""
        (found,) = [
            one
            for actions in self.stages.values()
            for one in actions
            if one["Name"] == action and "ProjectName" in one["Configuration"]
        ]
        return self.template.resources[found["Configuration"]["ProjectName"]["Ref"]]

    def build_spec(self, action: str) -> dict[str, Any]:
        """What a project does; that of assets lies beside the template."""
        text = self.project(action)["Source"]["BuildSpec"]
        if text.startswith("buildspec-"):
            text = (self.template.assembly / text).read_text()
        found: dict[str, Any] = json.loads(text)
        return found

    def policy_of(self, role: Resource) -> list[Mapping[str, Any]]:
        return self.template.statements(role)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The smallest directory that can be built."""
    return image_directory(Path(tmp_path_factory.mktemp("image")))


Pipelines = Callable[..., Made]


@pytest.fixture(scope="session")
def pipelines(image: str) -> Pipelines:
    """Make a pipeline called Pipeline; `more` makes options in its stack."""

    def make(
        more: Callable[[cdk.Stack], Options] | None = None,
        *,
        env: cdk.Environment | None = None,
        stage_env: cdk.Environment | None = None,
        staging: bool = True,
        project: str = image,
        **options: Any,
    ) -> Made:
        stack = new_stack(app=new_app(), env=env)
        given: dict[str, Any] = {
            "connection_arn": CONNECTION,
            "repository": REPOSITORY,
            **options,
            **(more(stack) if more else {}),
        }
        if staging:
            given["staging"] = Blog(stack, "Staging", image=project)
        if "production" not in given:
            given["production"] = Blog(stack, "Production", image=project, env=stage_env)
        return Made(DjangoPipeline(stack, "Pipeline", **given), Template.of_stack(stack))

    return make


@pytest.fixture(scope="session")
def blog(pipelines: Pipelines) -> Made:
    """What the defaults give, with a staging environment."""
    return pipelines()


@dataclass(frozen=True)
class MadeRole:
    """The construct and the template it makes."""

    construct: GitHubDeployRole
    template: Template

    @property
    def role(self) -> Resource:
        return self.template.of(self.construct.role)

    @property
    def condition(self) -> Mapping[str, Mapping[str, Any]]:
        """What a token has to say."""
        (statement,) = self.role["AssumeRolePolicyDocument"]["Statement"]
        found: Mapping[str, Mapping[str, Any]] = statement["Condition"]
        return found

    @property
    def assumed(self) -> list[str]:
        """The roles that may be assumed, with account and region as they were given."""
        (statement,) = self.template.statements(self.role)
        assert statement["Action"] == "sts:AssumeRole"
        found: list[str] = statement["Resource"]
        return found


def deploy_role(
    more: Callable[[cdk.Stack], Options] | None = None,
    *,
    env: cdk.Environment | None = ENVIRONMENT,
    **options: Any,
) -> MadeRole:
    """A GitHubDeployRole called Deploy; `more` makes options in the stack."""
    stack = new_stack(env=env)
    given = {"repository": REPOSITORY, **options, **(more(stack) if more else {})}
    if not given.keys() & {"environments", "branches", "tags"}:
        given["environments"] = ["production"]
    return MadeRole(GitHubDeployRole(stack, "Deploy", **given), Template.of_stack(stack))
