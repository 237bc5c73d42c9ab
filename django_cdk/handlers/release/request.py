"""One CloudFormation request, and what this provider remembers of it between polls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRESS = "Release"
"""Field of on_event's answer that the framework merges into each is_complete event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Create, Update or Delete of one release command."""

    type: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]
    progress: Mapping[str, Any]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Decodes the provider framework's event; only what every request type has is required."""
        stack_id, logical_id = event["StackId"], event["LogicalResourceId"]
        return cls(
            type=event["RequestType"],
            stack_id=stack_id,
            request_id=event["RequestId"],
            logical_id=logical_id,
            # Never the request's own id: a new physical id would make CloudFormation send a
            # Delete for the old one after each update.
            physical_id=event.get("PhysicalResourceId") or _digest(stack_id, logical_id),
            properties=event.get("ResourceProperties") or {},
            old_properties=event.get("OldResourceProperties") or {},
            progress=event.get(PROGRESS) or {},
        )

    @property
    def key(self) -> str:
        """Same for each delivery of this request; a task's `startedBy` (36 letters and digits)."""
        return _digest(self.request_id, self.logical_id)

    @property
    def reason_to_skip(self) -> str:
        """Why there is nothing to run, as far as the request itself tells; else empty."""
        if self.type == "Delete":
            return "skipped: nothing is run on delete"
        if self.type == "Update" and self._is_unchanged:
            return "skipped: image, command and environment are unchanged"
        return ""

    @property
    def _is_unchanged(self) -> bool:
        if "Trigger" not in self.properties:
            return False
        return bool(self.properties["Trigger"] == self.old_properties.get("Trigger"))

    @property
    def started_at(self) -> float:
        """When the request arrived, in seconds since the epoch."""
        return float(self.progress["StartedAt"])

    @property
    def task_arn(self) -> str:
        """The task that on_event started; empty if it could not yet start one."""
        return str(self.progress.get("TaskArn") or "")

    @property
    def outcome(self) -> str:
        """How the request ended in on_event already; empty while a command is to run."""
        return str(self.progress.get("Outcome") or "")


def _digest(*parts: str) -> str:
    return "release-" + hashlib.sha256("/".join(parts).encode()).hexdigest()[:28]
