"""Every option of both constructs does something, is documented, and is refused when wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_codebuild as codebuild
import aws_cdk.aws_iam as iam
import aws_cdk.aws_kms as kms
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_secretsmanager as secretsmanager
import aws_cdk.aws_sns as sns
import pytest
from aws_cdk import pipelines as cdk_pipelines
from aws_cdk.aws_logs import RetentionDays

from django_cdk import DjangoPipeline, GitHubDeployRole, OptionError
from tests.pipeline.conftest import Blog, Made, Options, Pipelines, deploy_role

More = Callable[[cdk.Stack], Options]


def check(stack: cdk.Stack) -> Options:
    return {"staging_checks": [cdk_pipelines.ShellStep("Smoke", commands=["true"])]}


def login(stack: cdk.Stack) -> Options:
    secret = secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:hub-1a2b3c"
    )
    return {"docker_credentials": [cdk_pipelines.DockerCredential.docker_hub(secret)]}


#: Option of DjangoPipeline -> what it is given; test_flow.py adds and takes away the stages.
GIVEN: Mapping[str, Options | More] = {
    "connection_arn": {
        "connection_arn": "arn:aws:codestar-connections:eu-central-1:111122223333:connection/9z"
    },
    "repository": {"repository": "group/sub/blog"},
    "branch": {"branch": "release/1"},
    "staging_checks": check,
    "approval": {"approval": False},
    "app_directory": {"app_directory": "infra"},
    "synth_commands": {"synth_commands": ["make synth"]},
    "synth_environment": {"synth_environment": {"ZONE_NAME": "example.com"}},
    "project_directory": {"project_directory": "backend"},
    "test_commands": {"test_commands": ["make test"]},
    "test_environment": {"test_environment": {"DEBUG": "1"}},
    "docker_in_tests": {"docker_in_tests": True},
    "python_version": {"python_version": "3.12"},
    "cpu_architecture": {"cpu_architecture": "ARM64"},
    "compute_type": {"compute_type": codebuild.ComputeType.LARGE},
    "build_cache": {"build_cache": False},
    "docker_credentials": login,
    "artifact_bucket": lambda stack: {"artifact_bucket": s3.Bucket(stack, "Own")},
    "artifact_key": lambda stack: {"artifact_key": kms.Key(stack, "Own")},
    "artifact_days": {"artifact_days": 30},
    "notification_topic": lambda stack: {"notification_topic": sns.Topic(stack, "Own")},
    "log_retention": {"log_retention": RetentionDays.ONE_WEEK},
    "pipeline_name": {"pipeline_name": "blog"},
    "removal_policy": {"removal_policy": cdk.RemovalPolicy.DESTROY},
}


def provider(stack: cdk.Stack) -> Options:
    arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    return {"oidc_provider": iam.OidcProviderNative.from_oidc_provider_arn(stack, "Own", arn)}


#: Option of GitHubDeployRole -> what it is given.
ROLE: Mapping[str, Options | More] = {
    "repository": {"repository": "octo-org/shop"},
    "environments": {"environments": ["staging"]},
    "branches": {"branches": ["main"]},
    "tags": {"tags": ["v*"]},
    "oidc_provider": provider,
    "existing_oidc_provider": {"existing_oidc_provider": True},
    "qualifier": {"qualifier": "blog"},
    "accounts": {"accounts": ["444455556666"]},
    "regions": {"regions": ["us-east-1"]},
    "session_duration": {"session_duration": 7200},
    "role_name": {"role_name": "deploy"},
}


def options(construct: type) -> list[str]:
    parameters = inspect.signature(construct.__init__).parameters.values()
    return [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]


def arguments(given: Options | More) -> dict[str, Any]:
    return {"more": given} if callable(given) else dict(given)


@pytest.mark.parametrize("option", GIVEN)
def test_an_option_changes_the_pipeline(pipelines: Pipelines, blog: Made, option: str) -> None:
    assert pipelines(**arguments(GIVEN[option])).template.body != blog.template.body


@pytest.mark.parametrize("option", ROLE)
def test_an_option_changes_the_role(option: str) -> None:
    assert deploy_role(**arguments(ROLE[option])).template.body != deploy_role().template.body


def test_every_option_is_among_them() -> None:
    assert {*GIVEN, "staging", "production"} == set(options(DjangoPipeline))
    assert set(ROLE) == set(options(GitHubDeployRole))


@pytest.mark.parametrize("construct", [DjangoPipeline, GitHubDeployRole])
def test_every_option_is_documented(construct: type) -> None:
    told = str(construct.__doc__)

    assert [one for one in options(construct) if f":param {one}:" not in told] == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"connection_arn": "my-connection"}, "connection_arn", "give a connection's ARN"),
    ({"repository": "blog"}, "repository", "give owner/name"),
    ({"repository": "https://github.com/octo-org/blog"}, "repository", "without a URL"),
    ({"repository": "octo-org/blog.git"}, "repository", r"without \.git"),
    ({"branch": "refs/heads/main"}, "branch", "without refs/heads/"),
    ({"branch": "release/*"}, "branch", "wildcards"),
    ({"branch": ""}, "branch", "give one branch's name"),
    ({"app_directory": "../infra"}, "app_directory", "from the top of the repository"),
    ({"app_directory": "/infra"}, "app_directory", "from the top of the repository"),
    ({"app_directory": ""}, "app_directory", "from the top of the repository"),
    ({"project_directory": "a/../b"}, "project_directory", "from the top of the repository"),
    ({"project_directory": "a; rm"}, "project_directory", "from the top of the repository"),
    ({"synth_commands": "cdk synth"}, "synth_commands", r"give a list: \['cdk synth'\]"),
    ({"synth_commands": []}, "synth_commands", "leave cdk.out"),
    ({"test_commands": "make test"}, "test_commands", r"give a list: \['make test'\]"),
    ({"test_commands": [""]}, "test_commands", "a line for the shell"),
    ({"test_commands": [], "test_environment": {"A": "b"}}, "test_environment", "does nothing"),
    ({"test_commands": [], "docker_in_tests": True}, "docker_in_tests", "does nothing"),
    ({"test_commands": [], "project_directory": "b"}, "project_directory", "does nothing"),
    ({"python_version": "3"}, "python_version", "'3.13'"),
    ({"python_version": "2.7"}, "python_version", "'3.13'"),
    ({"cpu_architecture": "arm64"}, "cpu_architecture", "'X86_64', 'ARM64'"),
    ({"artifact_days": 0}, "artifact_days", "1 or more"),
    ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, "removal_policy", "DESTROY"),
    ({"production": "prod", "staging": False}, "production", "give an aws_cdk.Stage"),
]


@pytest.mark.parametrize(("given", "option", "remedy"), WRONG)
def test_an_option_that_can_not_work_is_refused(
    pipelines: Pipelines, given: dict[str, Any], option: str, remedy: str
) -> None:
    with pytest.raises(OptionError, match=remedy) as caught:
        pipelines(**given)

    assert (caught.value.path, caught.value.option) == ("Stack/Pipeline", option)


@pytest.mark.parametrize("option", ["artifact_key", "artifact_days"])
def test_options_of_a_new_bucket_are_refused_with_one_of_your_own(
    pipelines: Pipelines, option: str
) -> None:
    def own(stack: cdk.Stack) -> Options:
        value = kms.Key(stack, "Key") if option == "artifact_key" else 7
        return {"artifact_bucket": s3.Bucket(stack, "Own"), option: value}

    with pytest.raises(OptionError, match="artifact_bucket is given already") as caught:
        pipelines(own)

    assert caught.value.option == option


def test_checks_of_a_staging_that_is_not_there_are_refused(pipelines: Pipelines) -> None:
    with pytest.raises(OptionError, match="does nothing without staging"):
        pipelines(check, staging=False)


def test_a_stage_without_a_stack_is_refused(pipelines: Pipelines) -> None:
    with pytest.raises(OptionError, match="it holds no stack yet"):
        pipelines(lambda stack: {"production": cdk.Stage(stack, "Empty")})


def test_one_stage_for_both_is_refused(pipelines: Pipelines, image: str) -> None:
    def twice(stack: cdk.Stack) -> Options:
        stage = Blog(stack, "Only", image=image)
        return {"staging": stage, "production": stage}

    with pytest.raises(OptionError, match="make another instance of the Stage"):
        pipelines(twice, staging=False)
