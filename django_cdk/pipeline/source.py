"""Where a pipeline takes the code from: a repository, by a connection that a person confirmed."""

from __future__ import annotations

import re

import aws_cdk.aws_iam as iam
from aws_cdk import pipelines

from .checks import check_form

_ARN = re.compile(
    r"arn:[\w-]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[\w-]+"
)
# GitLab has groups within groups.
_REPOSITORY = re.compile(r"[\w.-]+(/[\w.-]+)+(?<!\.git)")
_BRANCH = re.compile(r"(?!refs/)[^\s~^:?*\[\\]+")


def connection_source(
    connection_arn: str, repository: str, branch: str
) -> pipelines.CodePipelineSource:
    """A branch of a repository at GitHub, GitLab or Bitbucket.

    :raises OptionError: for a malformed ARN, repository or branch.
    """
    check_form(
        "connection_arn",
        connection_arn,
        _ARN,
        "give a connection's ARN, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID, which the "
        "console shows under Developer Tools, Settings, Connections.",
    )
    check_form(
        "repository", repository, _REPOSITORY, "give owner/name, without a URL and without .git."
    )
    check_form(
        "branch", branch, _BRANCH, "give one branch's name, without refs/heads/ and wildcards."
    )
    return pipelines.CodePipelineSource.connection(
        repository, branch, connection_arn=connection_arn
    )


def use_connection(connection_arn: str) -> iam.PolicyStatement:
    """The permission to use a connection of the service's present name.

    The CDK grants it under the former one, codestar-connections, alone.
    https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
    """
    return iam.PolicyStatement(
        actions=["codeconnections:UseConnection"], resources=[connection_arn]
    )
