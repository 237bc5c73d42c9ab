"""What runs in CodeBuild: on which machine, with which rights, and what it leaves."""

from __future__ import annotations

import json

import aws_cdk as cdk
import aws_cdk.aws_codebuild as codebuild
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest
from aws_cdk import pipelines as cdk_pipelines
from aws_cdk.aws_logs import RetentionDays

from tests.pipeline.conftest import Made, Pipelines
from tests.stacks import ACCOUNT, REGION

BUILDS = ["Synth", "SelfMutate", "DockerAssets", "FileAssets", "Test"]


def privileged(made: Made) -> list[str]:
    return [name for name in BUILDS if made.project(name)["Environment"]["PrivilegedMode"]]


def test_images_alone_are_built_with_privileges(blog: Made) -> None:
    assert privileged(blog) == ["DockerAssets"]


def test_tests_that_start_containers_are_privileged_too(pipelines: Pipelines) -> None:
    assert privileged(pipelines(docker_in_tests=True)) == ["DockerAssets", "Test"]


@pytest.mark.parametrize("build", BUILDS)
def test_every_build_names_its_versions(blog: Made, build: str) -> None:
    versions = blog.build_spec(build)["phases"]["install"]["runtime-versions"]

    assert versions == {"python": "3.13", "nodejs": "22"}


def test_python_can_be_another(pipelines: Pipelines) -> None:
    made = pipelines(python_version="3.12")

    assert made.build_spec("Test")["phases"]["install"]["runtime-versions"]["python"] == "3.12"


@pytest.mark.parametrize(
    ("cpu_architecture", "machine", "kind"),
    [
        ("X86_64", "aws/codebuild/amazonlinux-x86_64-standard:5.0", "LINUX_CONTAINER"),
        ("ARM64", "aws/codebuild/amazonlinux-aarch64-standard:3.0", "ARM_CONTAINER"),
    ],
)
def test_images_are_built_on_the_cpu_that_they_are_for(
    pipelines: Pipelines, cpu_architecture: str, machine: str, kind: str
) -> None:
    made = pipelines(cpu_architecture=cpu_architecture)
    machines = [made.project(build)["Environment"] for build in BUILDS]

    assert {(one["Image"], one["Type"]) for one in machines} == {(machine, kind)}


def test_the_machines_can_be_larger(pipelines: Pipelines, blog: Made) -> None:
    made = pipelines(compute_type=codebuild.ComputeType.MEDIUM)

    assert blog.project("DockerAssets")["Environment"]["ComputeType"] == "BUILD_GENERAL1_SMALL"
    assert made.project("DockerAssets")["Environment"]["ComputeType"] == "BUILD_GENERAL1_MEDIUM"


def test_the_app_is_synthesized_by_default(blog: Made) -> None:
    spec = blog.build_spec("Synth")

    assert spec["phases"]["build"]["commands"] == [
        "npm install --global aws-cdk@2",
        "python -m pip install --requirement requirements.txt",
        "cdk synth --quiet",
    ]
    assert spec["artifacts"]["base-directory"] == "cdk.out"


def test_an_app_in_a_directory_is_synthesized_there(pipelines: Pipelines) -> None:
    spec = pipelines(app_directory="infra", synth_commands=["make synth"]).build_spec("Synth")

    assert spec["phases"]["build"]["commands"] == ["cd infra", "make synth"]
    assert spec["artifacts"]["base-directory"] == "infra/cdk.out"


def test_the_project_is_tested_by_default(blog: Made) -> None:
    assert blog.build_spec("Test")["phases"]["build"]["commands"] == [
        "python -m pip install --requirement requirements.txt",
        "python manage.py test",
    ]


def test_a_project_in_a_directory_is_tested_there(pipelines: Pipelines) -> None:
    made = pipelines(project_directory="backend", test_commands=["python -m pytest"])

    assert made.build_spec("Test")["phases"]["build"]["commands"] == [
        "cd backend",
        "python -m pytest",
    ]


def variables(made: Made, build: str) -> dict[str, str]:
    found = made.project(build)["Environment"].get("EnvironmentVariables", [])
    return {one["Name"]: one["Value"] for one in found}


def test_synthesis_and_tests_have_each_their_environment(pipelines: Pipelines) -> None:
    made = pipelines(
        synth_environment={"ZONE_NAME": "example.com"}, test_environment={"DEBUG": "1"}
    )

    assert variables(made, "Synth") == {"ZONE_NAME": "example.com"}
    assert variables(made, "Test") == {"DEBUG": "1"}


def test_all_builds_log_into_one_group(blog: Made) -> None:
    group = blog.template.of(blog.construct.log_group)
    configured = [blog.project(build)["LogsConfig"]["CloudWatchLogs"] for build in BUILDS]

    assert configured == [{"GroupName": group.ref, "Status": "ENABLED"}] * len(BUILDS)
    assert group["RetentionInDays"] == 30


def test_logs_are_kept_as_long_as_told(pipelines: Pipelines) -> None:
    made = pipelines(log_retention=RetentionDays.ONE_YEAR)

    assert made.template.of(made.construct.log_group)["RetentionInDays"] == 365


@pytest.mark.parametrize("build", ["Synth", "Test"])
def test_downloads_are_kept_for_the_next_time(blog: Made, build: str) -> None:
    bucket = blog.template.of(blog.construct.artifacts.bucket)

    assert blog.project(build)["Cache"] == {
        "Location": {"Fn::Join": ["/", [bucket.ref, f"cache/{build}"]]},
        "Type": "S3",
    }
    spec = blog.build_spec(build)
    assert spec["cache"]["paths"] == ["/var/cache/downloads/**/*"]
    assert spec["env"]["variables"] == {
        "PIP_CACHE_DIR": "/var/cache/downloads/pip",
        "NPM_CONFIG_CACHE": "/var/cache/downloads/npm",
    }


@pytest.mark.parametrize("build", ["Synth", "Test"])
def test_without_the_cache_nothing_is_kept(pipelines: Pipelines, build: str) -> None:
    made = pipelines(build_cache=False)

    assert made.project(build)["Cache"] == {"Type": "NO_CACHE"}
    assert "cache" not in made.build_spec(build)


def test_images_are_built_with_the_login_of_their_registry(pipelines: Pipelines) -> None:
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:docker-hub-1a2b3c"

    def login(stack: cdk.Stack) -> dict[str, object]:
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "DockerHub", arn)
        return {"docker_credentials": [cdk_pipelines.DockerCredential.docker_hub(secret)]}

    made = pipelines(login)
    role = made.template.resources[made.project("DockerAssets")["ServiceRole"]["Fn::GetAtt"][0]]

    assert any(
        "secretsmanager:GetSecretValue" in one["Action"] and one["Resource"] == arn
        for one in made.template.statements(role)
    )
    assert arn in json.dumps(made.build_spec("DockerAssets"))
