"""One update of a swarm: start it on the instance, follow it, tell how it ended."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .contract import SKIP_RELEASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .world import CloudFormation, World

log = logging.getLogger(__name__)

# An instance that CloudFormation has just restarted is away for some minutes.
_TRIES = 50
_PAUSE = 10

_MESSAGE_BYTES = 2200
"""Of the 4,096 bytes of an answer to CloudFormation, what ids and the stack trace leave."""

_UNDER_WAY = frozenset({"Pending", "InProgress", "Delayed"})


class UpdateError(Exception):
    """The update failed; the message is what the user reads in the stack's events."""


def begin(event: Mapping[str, Any], world: World) -> dict[str, Any]:
    """Sends the command, unless there is nothing to do; what it returns reaches each poll."""
    physical_id = event.get("PhysicalResourceId") or f"swarm-{event['LogicalResourceId']}"
    reason = _reason_to_skip(event)
    if reason:
        log.info("skipped: %s", reason)
        return {"PhysicalResourceId": physical_id, "Data": {"CommandId": ""}}
    properties = event["ResourceProperties"]
    # A rollback brings the version before, whose migrations must not meet the newer schema.
    options = SKIP_RELEASE if _is_taken_back(world.cloudformation, event["StackId"]) else ""
    command_id = _send(
        world,
        DocumentName=properties["Document"],
        InstanceIds=[properties["InstanceId"]],
        Parameters={"Options": [options]},
        Comment="cdk deploy",
    )
    log.info("command %s on %s", command_id, properties["InstanceId"])
    return {"PhysicalResourceId": physical_id, "Data": {"CommandId": command_id}}


def poll(event: Mapping[str, Any], world: World) -> dict[str, Any]:
    """Whether the command has ended.

    :raises UpdateError: it failed, with the end of what it printed.
    """
    command_id = (event.get("Data") or {}).get("CommandId")
    if not command_id:
        return {"IsComplete": True}
    instance_id = event["ResourceProperties"]["InstanceId"]
    try:
        found = world.ssm.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
    except ClientError as error:
        # Systems Manager needs a second or two to know its own command.
        if _code(error) == "InvocationDoesNotExist" or _is_passing(error):
            return {"IsComplete": False}
        raise
    status = found["Status"]
    if status in _UNDER_WAY:
        return {"IsComplete": False}
    if status == "Success":
        return {"IsComplete": True}
    raise UpdateError(_failure(found, instance_id, command_id))


def _reason_to_skip(event: Mapping[str, Any]) -> str:
    if event["RequestType"] == "Delete":
        return "nothing is run on delete"
    if event["RequestType"] == "Create":
        return "the instance deploys by itself when it boots"
    if event["ResourceProperties"] == event.get("OldResourceProperties"):
        return "nothing changed"
    return ""


def _send(world: World, **request: Any) -> str:
    instance = request["InstanceIds"][0]
    for attempt in range(_TRIES):
        try:
            return str(world.ssm.send_command(**request)["Command"]["CommandId"])
        except ClientError as error:
            if _code(error) != "InvalidInstanceId" and not _is_passing(error):
                raise
            log.info("attempt %d: %s", attempt, error)
            world.sleep(_PAUSE)
    raise UpdateError(
        f"The instance {instance} does not answer Systems Manager, so nothing was updated. Is it "
        "running, with a way to the internet? See its system log, restart it, deploy again."
    )


def _failure(found: Mapping[str, Any], instance_id: str, command_id: str) -> str:
    printed = "\n".join(
        text.strip()
        for text in (found.get("StandardOutputContent"), found.get("StandardErrorContent"))
        if text and text.strip()
    )
    return _last_bytes(
        f"The update of the swarm ended as {found.get('StatusDetails') or found['Status']} "
        f"(instance {instance_id}, command {command_id}, log /var/log/django-cdk.log). The version "
        "before keeps serving unless the lines below say otherwise:\n",
        printed,
    )


def _last_bytes(head: str, text: str) -> str:
    """The text within the size CloudFormation accepts: its end says why it failed."""
    lines = text.splitlines()
    while lines and len(json.dumps(head + "\n".join(lines))) > _MESSAGE_BYTES:
        if len(lines) == 1:
            half = len(lines[0]) // 2
            lines = [lines[0][half:]] if half else []
        else:
            lines = lines[1:]
    return head + "\n".join(lines)


def _is_taken_back(cloudformation: CloudFormation, stack_id: str) -> bool:
    stacks = cloudformation.describe_stacks(StackName=stack_id)["Stacks"]
    return "ROLLBACK_IN_PROGRESS" in stacks[0]["StackStatus"]


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or "Throttl" in _code(error)
