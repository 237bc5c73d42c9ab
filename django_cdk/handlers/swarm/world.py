"""The few AWS calls of an update, as types: tests give their own, no stubs at run time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Ssm(Protocol):
    """boto3's `ssm` client, as far as it is used."""

    def send_command(self, **request: Any) -> dict[str, Any]:
        """SendCommand."""

    def get_command_invocation(self, **request: Any) -> dict[str, Any]:
        """GetCommandInvocation."""


class CloudFormation(Protocol):
    """boto3's `cloudformation` client, as far as it is used."""

    def describe_stacks(self, **request: Any) -> dict[str, Any]:
        """DescribeStacks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """All that an update reaches outside its own memory."""

    ssm: Ssm
    cloudformation: CloudFormation
    sleep: Callable[[float], None]
