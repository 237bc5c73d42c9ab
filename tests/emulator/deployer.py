"""Deploys a synthesized assembly with boto3 alone: no command line, no bootstrap, fast polling."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.assets import publish
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION

_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_DEPLOYED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
#: What CloudFormation leaves when a first deployment failed: nothing but the stack's record.
_DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


class DeploymentError(RuntimeError):
    """A stack that could not be deployed or deleted; the message has the failed events.

    :param failures: what failed, first things first.
    """

    def __init__(self, stack: str, status: str, failures: list[Event]) -> None:
        self.status = status
        self.failures = failures
        lines = [f"  {one.logical_id} ({one.type}) {one.status}: {one.reason}" for one in failures]
        super().__init__("\n".join([f"{stack} is {status}", *lines]))


@dataclass(frozen=True)
class Event:
    """One event of a stack."""

    id: str
    logical_id: str
    type: str
    status: str
    reason: str
    #: Seconds since the epoch.
    time: float


@dataclass(frozen=True)
class Deployer:
    """Deploys stacks to one emulator, in one region."""

    emulator: Emulator
    region: str = REGION

    @cached_property
    def cloudformation(self) -> Any:
        return self.emulator.client("cloudformation", self.region)

    def deploy(self, assembly: Path, stack: str, *, seconds: float = 300) -> dict[str, str]:
        """Publishes a stack's assets, creates or updates it and returns its outputs.

        :param stack: its id in the assembly, which is its name unless it was given another.
        :raises DeploymentError: it failed, and was rolled back.
        """
        template = publish(self.emulator, self.region, assembly, stack)
        stack = _name(assembly, stack)
        request = {
            "StackName": stack,
            "TemplateURL": template,
            "Capabilities": _CAPABILITIES,
        }
        status = self.status(stack)
        if status in _DEAD:
            self.destroy(stack, seconds=seconds)
            status = None
        before = {event.id for event in self.events(stack)} if status else set()
        if status is None:
            self.cloudformation.create_stack(**request)
        elif not self._update(request):
            return self.outputs(stack)
        self._wait(stack, seconds, before, succeeded=_DEPLOYED)
        return self.outputs(stack)

    def _update(self, request: dict[str, Any]) -> bool:
        """Starts an update; False if there is nothing to do."""
        try:
            self.cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
            return False
        return True

    def destroy(self, stack: str, *, seconds: float = 300) -> None:
        """Deletes a stack.

        :raises DeploymentError: a resource could not be deleted.
        """
        stack_id = self._describe(stack)["StackId"]
        before = {event.id for event in self.events(stack_id)}
        self.cloudformation.delete_stack(StackName=stack)
        self._wait(stack_id, seconds, before, succeeded=("DELETE_COMPLETE",))

    def status(self, stack: str) -> str | None:
        """The stack's status; None if there is no such stack."""
        try:
            status: str = self._describe(stack)["StackStatus"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None
        return None if status == "DELETE_COMPLETE" else status

    def outputs(self, stack: str) -> dict[str, str]:
        """The stack's outputs by name."""
        outputs = self._describe(stack).get("Outputs", [])
        return {one["OutputKey"]: one["OutputValue"] for one in outputs}

    def resources(self, stack: str) -> dict[str, str]:
        """Logical id -> physical id of each resource that the stack has now."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def events(self, stack: str) -> list[Event]:
        """All events of the stack, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        newest_first = [event for page in pages for event in page["StackEvents"]]
        return [
            Event(
                id=one["EventId"],
                logical_id=one["LogicalResourceId"],
                type=one["ResourceType"],
                status=one["ResourceStatus"],
                reason=one.get("ResourceStatusReason", ""),
                time=one["Timestamp"].timestamp(),
            )
            for one in reversed(newest_first)
        ]

    def _describe(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return found

    def _wait(
        self, stack: str, seconds: float, before: set[str], *, succeeded: tuple[str, ...]
    ) -> None:
        deadline = time.monotonic() + seconds
        while (status := self._describe(stack)["StackStatus"]).endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise DeploymentError(stack, f"still {status} after {seconds:.0f} s", [])
            time.sleep(0.1)
        if status not in succeeded:
            new = [event for event in self.events(stack) if event.id not in before]
            failed = [event for event in new if event.status.endswith("_FAILED")]
            raise DeploymentError(stack, status, failed)


def _name(assembly: Path, stack: str) -> str:
    """What a stack is called in CloudFormation."""
    manifest = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    return str(manifest[stack].get("properties", {}).get("stackName", stack))


def stack_names(assembly: Path) -> list[str]:
    """The stacks of an assembly, each after those that it depends on."""
    manifest = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    stacks = {
        name: artifact.get("dependencies", [])
        for name, artifact in manifest.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    ordered: list[str] = []
    while len(ordered) < len(stacks):
        ordered += [
            name
            for name, needed in stacks.items()
            if name not in ordered and not (set(needed) & stacks.keys()) - set(ordered)
        ]
    return ordered
