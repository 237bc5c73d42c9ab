"""The few AWS calls that a release makes, as types: tests give their own, no stubs at run time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Protocol


class Ecs(Protocol):
    """boto3's `ecs` client, as far as it is used."""

    def list_tasks(self, **request: Any) -> dict[str, Any]:
        """ListTasks."""

    def describe_tasks(self, **request: Any) -> dict[str, Any]:
        """DescribeTasks."""

    def run_task(self, **request: Any) -> dict[str, Any]:
        """RunTask."""

    def stop_task(self, **request: Any) -> dict[str, Any]:
        """StopTask."""


class Logs(Protocol):
    """boto3's `logs` client, as far as it is used."""

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        """GetLogEvents."""


class CloudFormation(Protocol):
    """boto3's `cloudformation` client, as far as it is used."""

    def describe_stacks(self, **request: Any) -> dict[str, Any]:
        """DescribeStacks."""


class Clock(Protocol):
    """Time, which tests make pass faster."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Waits."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """All that a release reaches outside its own memory."""

    ecs: Ecs
    logs: Logs
    cloudformation: CloudFormation
    clock: Clock
