"""What runs in CodeBuild, and on what: the one place where images and versions are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import aws_cdk.aws_codebuild as codebuild
from aws_cdk import pipelines

from ..app import CpuArchitecture
from ..errors import OptionError, check_choice
from .checks import check_form, check_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_logs as logs
    import aws_cdk.aws_s3 as s3

# Both images below have these. The CDK needs Node 22 or later.
# https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
PYTHON_VERSION = "3.13"
_NODE_VERSION = "22"

SYNTH_COMMANDS = (
    "npm install --global aws-cdk@2",
    "python -m pip install --requirement requirements.txt",
    "cdk synth --quiet",
)
TEST_COMMANDS = (
    "python -m pip install --requirement requirements.txt",
    "python manage.py test",
)

# pip and npm keep what they downloaded here, whoever the image's user is.
_DOWNLOADS = "/var/cache/downloads"
_CACHE: Mapping[str, Any] = {
    "env": {
        "variables": {
            "PIP_CACHE_DIR": f"{_DOWNLOADS}/pip",
            "NPM_CONFIG_CACHE": f"{_DOWNLOADS}/npm",
        }
    },
    "cache": {"paths": [f"{_DOWNLOADS}/**/*"]},
}

_DIRECTORY = re.compile(r"\.|(?!\.\.?(/|$))[\w.-]+(/(?!\.\.?(/|$))[\w.-]+)*")
_COMMAND = re.compile(r"(?s).*\S.*")
_VERSION = re.compile(r"3\.\d+")


def build_image(cpu_architecture: CpuArchitecture) -> codebuild.IBuildImage:
    """The image of all builds. Docker builds for the CPU of the machine that it runs on.

    :raises OptionError: for an unknown architecture.
    """
    check_choice("cpu_architecture", cpu_architecture, get_args(CpuArchitecture))
    if cpu_architecture == "ARM64":
        return codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
    return codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5


def build_defaults(
    *,
    image: codebuild.IBuildImage,
    compute_type: codebuild.ComputeType,
    python_version: str,
    log_group: logs.ILogGroup,
) -> pipelines.CodeBuildOptions:
    """What holds for every build of a pipeline: machine, versions, and where it logs."""
    return pipelines.CodeBuildOptions(
        build_environment=codebuild.BuildEnvironment(build_image=image, compute_type=compute_type),
        partial_build_spec=_build_spec(
            {
                "phases": {
                    "install": {
                        "runtime-versions": {"python": python_version, "nodejs": _NODE_VERSION}
                    }
                }
            }
        ),
        logging=codebuild.LoggingOptions(
            cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log_group)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Builds:
    """How the commands of one repository run.

    :param source: the repository.
    :param cache_bucket: keeps what pip and npm downloaded for the next time; None: nothing does.
    """

    source: pipelines.CodePipelineSource
    cache_bucket: s3.IBucket | None

    def step(
        self,
        name: str,
        *,
        directory: str,
        commands: Sequence[str],
        environment: Mapping[str, str] | None,
        **more: Any,
    ) -> pipelines.CodeBuildStep:
        """Commands that run in a directory of the repository.

        :param more: further properties of the step.
        """
        cache = self.cache_bucket
        return pipelines.CodeBuildStep(
            name,
            input=self.source,
            # The commands of a build share one shell.
            commands=[*([] if directory == "." else [f"cd {directory}"]), *commands],
            env=dict(environment or {}),
            cache=codebuild.Cache.bucket(cache, prefix=f"cache/{name}") if cache else None,
            partial_build_spec=_build_spec(_CACHE if cache else {}),
            **more,
        )


def check_directory(option: str, directory: str) -> None:
    """Refuses what is not a directory of the repository.

    :raises OptionError: naming the option.
    """
    check_form(
        option,
        directory,
        _DIRECTORY,
        "give a path from the top of the repository: 'infra', or '.'.",
    )


def check_synth_commands(commands: Sequence[str]) -> None:
    """Refuses what can't synthesize.

    :raises OptionError: naming the option.
    """
    check_commands("synth_commands", commands)
    if not commands:
        raise OptionError("synth_commands", commands, "give commands that leave cdk.out.")


def check_commands(option: str, commands: Sequence[str]) -> None:
    """Refuses what CodeBuild would take as no command, or as one letter each.

    :raises OptionError: naming the option.
    """
    check_list(option, commands)
    for command in commands:
        check_form(option, command, _COMMAND, "each command is a line for the shell.")


def check_python_version(version: str) -> None:
    """Refuses what CodeBuild doesn't know as a version.

    :raises OptionError: with an example.
    """
    check_form("python_version", version, _VERSION, f"give major and minor: {PYTHON_VERSION!r}.")


def _build_spec(parts: Mapping[str, Any]) -> codebuild.BuildSpec:
    return codebuild.BuildSpec.from_object({"version": "0.2", **parts})
