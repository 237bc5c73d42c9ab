"""What a stopped task means, in the user's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .faults import is_capacity
from .remedies import remedy
from .response import clip

if TYPE_CHECKING:
    from .task import Task

DUPLICATE = "Stopped by the release command: an older task already runs the same command."
"""Reason given to ECS when a second task for one request is stopped."""

_REASON_LIMIT = 700
"""Bytes of AWS's own explanation to keep: image names in pull errors can fill a screen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a task ended. `may_start_again`: its command never began, and not by the user's fault."""

    succeeded: bool
    summary: str
    remedy: str = ""
    may_start_again: bool = False


def judge(task: Task, container_name: str) -> Verdict:
    """The named container's exit code decides; the reasons around it explain."""
    container = _container(task, container_name)
    exit_code = container.get("exitCode")
    if exit_code == 0:
        return Verdict(succeeded=True, summary="exit code 0")
    reasons = _reasons(task, container_name)
    return Verdict(
        succeeded=False,
        summary=_ending(task, exit_code) + (f": {reasons}" if reasons else ""),
        remedy=remedy(exit_code=exit_code, reasons=reasons),
        may_start_again=_never_ran(task, exit_code) and _is_of_aws(task),
    )


def is_without_capacity(task: Task) -> bool:
    """Whether a stopped task found no room, which only time mends."""
    return is_capacity(task.get("stoppedReason") or "")


def _container(task: Task, name: str) -> dict[str, Any]:
    return next((c for c in task.get("containers", []) if c.get("name") == name), {})


def _never_ran(task: Task, exit_code: int | None) -> bool:
    return exit_code is None and not task.get("startedAt")


def _ending(task: Task, exit_code: int | None) -> str:
    if exit_code is not None:
        return f"ended with exit code {exit_code}"
    if _never_ran(task, exit_code):
        return "could not start"
    return "stopped without an exit code"


def _reasons(task: Task, container_name: str) -> str:
    """Stop code, task reason and container reason, and the exit of any other container."""
    said = [task.get("stopCode"), task.get("stoppedReason")]
    said.append(_container(task, container_name).get("reason"))
    for other in task.get("containers", []):
        if other.get("name") != container_name and other.get("exitCode") not in (None, 0):
            said.append(f"container {other['name']!r} ended with exit code {other['exitCode']}")
            said.append(other.get("reason"))
    return clip("; ".join(dict.fromkeys(filter(None, said))), _REASON_LIMIT)


# Reasons of AWS's own making. Not among them: image pull and secret errors, which come back at
# each try until somebody changes something.
_OF_AWS = re.compile(
    r"timeout waiting for (network interface|ephemeralstorage) provisioning"
    r"|network interface provision complete error"
    r"|rate exceeded|internal ?error",
    re.IGNORECASE,
)
_OF_AWS_CODES = frozenset({"SpotInterruption", "TerminationNotice", "InfrastructureHealth"})


def _is_of_aws(task: Task) -> bool:
    reason = task.get("stoppedReason") or ""
    return (
        task.get("stopCode") in _OF_AWS_CODES
        or reason == DUPLICATE
        or is_capacity(reason)
        or _OF_AWS.search(reason) is not None
    )
