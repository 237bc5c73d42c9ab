"""One release command, decoded from the custom resource's properties."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from .response import clip

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TIMEOUT = 3600
"""Seconds that CloudFormation waits for a custom resource at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseCommand:
    """What to run, where, and for how long at most (seconds since the request arrived)."""

    name: str
    cluster: str
    task_definition: str
    container: str
    command: tuple[str, ...]
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    assign_public_ip: Literal["ENABLED", "DISABLED"]
    log_group: str
    log_stream_prefix: str
    timeout_seconds: int

    @classmethod
    def from_properties(cls, properties: Mapping[str, object]) -> ReleaseCommand:
        """Decodes `ResourceProperties`, in which CloudFormation made every number a string.

        Raises `ValueError` naming the property, the value and what to give instead.
        """
        return cls(
            name=_text(properties, "Name"),
            cluster=_text(properties, "Cluster"),
            task_definition=_text(properties, "TaskDefinition"),
            container=_text(properties, "Container"),
            command=_texts(properties, "Command"),
            subnets=_texts(properties, "Subnets"),
            security_groups=_texts(properties, "SecurityGroups"),
            assign_public_ip=_assign_public_ip(properties),
            log_group=_text(properties, "LogGroup"),
            log_stream_prefix=_text(properties, "LogStreamPrefix"),
            timeout_seconds=_timeout_seconds(properties),
        )

    @property
    def title(self) -> str:
        """How messages name it: the name and the command line."""
        return f"Release command {self.name!r} ({clip(shlex.join(self.command), 300)})"

    @property
    def family(self) -> str:
        """The family of the task definition: its ARN without the revision."""
        return self.task_definition.rsplit("/", 1)[-1].split(":", 1)[0]

    def log_stream(self, task_arn: str) -> str:
        """The stream that the awslogs driver gives this container of this task."""
        return f"{self.log_stream_prefix}/{self.container}/{task_arn.rsplit('/', 1)[-1]}"


def _wrong(name: str, given: object, wanted: str) -> ValueError:
    return ValueError(f"Property {name} of the release command is {given!r}; give {wanted}.")


def _text(properties: Mapping[str, object], name: str) -> str:
    value = properties.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, value, "a non-empty string")
    return value


def _texts(properties: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = properties.get(name)
    if not isinstance(value, list) or not value:
        raise _wrong(name, value, "a non-empty list of strings")
    if not all(isinstance(item, str) for item in value) or not value[0]:
        raise _wrong(name, value, "a list of strings, the first one not empty")
    return tuple(cast("list[str]", value))


def _assign_public_ip(properties: Mapping[str, object]) -> Literal["ENABLED", "DISABLED"]:
    value = properties.get("AssignPublicIp")
    if value in {"ENABLED", "DISABLED"}:
        return value
    raise _wrong("AssignPublicIp", value, "ENABLED or DISABLED")


def _timeout_seconds(properties: Mapping[str, object]) -> int:
    value = properties.get("TimeoutSeconds")
    text = str(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_TIMEOUT):
        raise _wrong(
            "TimeoutSeconds",
            value,
            f"whole seconds from 1 to {LONGEST_TIMEOUT}, as long as CloudFormation waits",
        )
    return int(text)
