"""The CloudFormation stack that everything is found from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .assembly import synthesized_stacks
from .aws import CONFIG, make_session, message_of
from .errors import CliError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import boto3
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

VARIABLE = "DJANGO_CDK_STACK"

# The CDK ends each logical id with a hash of the construct's path.
_HASH = r"[0-9A-F]{8}"
_OUTPUTS = re.compile(rf".*(ClusterName|ShellCommand){_HASH}")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of the stack.

    :param logical_id: in the template.
    :param physical_id: in AWS.
    :param type: as CloudFormation says it.
    """

    logical_id: str
    physical_id: str
    type: str


@dataclass(frozen=True)
class Stack:
    """A deployed stack, read once.

    :param session: of its account and region.
    :param description: as DescribeStacks tells it.
    """

    session: boto3.Session
    description: StackTypeDef

    @property
    def name(self) -> str:
        """Its name."""
        return self.description["StackName"]

    @property
    def id(self) -> str:
        """Its ARN."""
        return self.description["StackId"]

    @property
    def status(self) -> str:
        """As CloudFormation says it: ``UPDATE_COMPLETE``."""
        return self.description["StackStatus"]

    @property
    def changed_at(self) -> datetime:
        """When it was last updated or made."""
        return self.description.get("LastUpdatedTime", self.description["CreationTime"])

    @cached_property
    def client(self) -> CloudFormationClient:
        """CloudFormation."""
        return self.session.client("cloudformation", config=CONFIG)

    @cached_property
    def resources(self) -> Sequence[Resource]:
        """All resources that exist."""
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=self.id)
        return [
            Resource(
                logical_id=one["LogicalResourceId"],
                physical_id=one["PhysicalResourceId"],
                type=one["ResourceType"],
            )
            for page in pages
            for one in page["StackResourceSummaries"]
            if one.get("PhysicalResourceId") and one["ResourceStatus"] != "DELETE_COMPLETE"
        ]

    def of_type(self, type_: str) -> list[Resource]:
        """The resources of a type."""
        return [one for one in self.resources if one.type == type_]

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """Key -> value."""
        return {
            one["OutputKey"]: one["OutputValue"]
            for one in self.description.get("Outputs", [])
            if "OutputKey" in one and "OutputValue" in one
        }

    def output(self, app: str, name: str) -> str | None:
        """An output of a construct; None when it has none of that name.

        :param app: the construct, as logical ids spell it.
        """
        key = re.compile(rf"{re.escape(app)}{name}{_HASH}")
        return next((v for k, v in self.outputs.items() if key.fullmatch(k)), None)

    def apps_with_output(self, name: str) -> list[str]:
        """The constructs that have an output of that name, as logical ids spell them."""
        key = re.compile(rf"(.*){name}{_HASH}")
        return sorted(found[1] for k in self.outputs if (found := key.fullmatch(k)))


def app_of(logical_id: str, end: str) -> str | None:
    """The construct to which a resource belongs, from the end of its logical id.

    :param end: the path inside the construct without slashes: ``TasksTaskRole``.
    :return: None for a resource that is none of these.
    """
    found = re.fullmatch(rf"(.*){end}{_HASH}", logical_id)
    return found[1] if found else None


def find_stack(arguments: argparse.Namespace, directory: Path | None = None) -> Stack:
    """The stack of ``--stack``, of the environment, of cdk.out, or the only one there is.

    :param directory: where to look for cdk.json. Default: the current one.
    :raises CliError: when there is none, or the choice is not clear.
    """
    known = {one.name: one for one in synthesized_stacks(directory or Path.cwd())}
    name = arguments.stack or os.environ.get(VARIABLE)
    if name is None and len(known) > 1:
        raise _which(known)
    if name is None and known:
        name = next(iter(known))
    session = make_session(arguments, region=known[name].region if name in known else None)
    client = session.client("cloudformation", config=CONFIG)
    description = _describe(client, name) if name else _only(client, session.region_name)
    return Stack(session, description)


def _describe(client: CloudFormationClient, name: str) -> StackTypeDef:
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in message_of(error):
            raise
        region = client.meta.region_name
        raise CliError(
            f"There is no stack {name!r} in {region}: deploy it first (cdk deploy), or give "
            "another --stack, --region or --profile."
        ) from None


def _only(client: CloudFormationClient, region: str) -> StackTypeDef:
    """The one stack of the region that looks like an application's."""
    pages = client.get_paginator("describe_stacks").paginate()
    found = [
        stack
        for page in pages
        for stack in page["Stacks"]
        if any(_OUTPUTS.fullmatch(one.get("OutputKey", "")) for one in stack.get("Outputs", []))
    ]
    if not found:
        raise CliError(
            f"No stack in {region} looks like one of django-cdk's: give --stack, --region or "
            "--profile."
        )
    if len(found) > 1:
        raise _which(stack["StackName"] for stack in found)
    return found[0]


def _which(names: Iterable[str]) -> CliError:
    return CliError(f"Which stack? Give --stack (or set {VARIABLE}): {', '.join(sorted(names))}.")
