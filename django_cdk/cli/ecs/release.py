"""How the release commands ended, as the events of the stack tell."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from django_cdk.cli.report import ReleaseResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from .application import EcsApplication

_PAGES = 20
_STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
_RESULTS = {"COMPLETE": "succeeded", "FAILED": "failed", "IN_PROGRESS": "running"}
# What the provider framework puts around the message of the release command.
_FRAME = re.compile(
    r"^Received response status \[FAILED\] from custom resource\. Message returned: (Error: )?"
    r"|\s+Logs: /aws/lambda/.*$"
    r"|\s+at \S+ \(.*$",
    re.DOTALL,
)


def release_results(application: EcsApplication) -> list[ReleaseResult]:
    """The last run of each release command, in the order of the template's names."""
    ids = [one.logical_id for one in application.of_type("Custom::DjangoReleaseCommand")]
    if not ids:
        return []
    stack = application.stack
    paginator = stack.client.get_paginator("describe_stack_events")
    newest_first: list[StackEventTypeDef] = []
    found: dict[str, StackEventTypeDef] = {}
    for page in islice(paginator.paginate(StackName=stack.id), _PAGES):
        newest_first += page["StackEvents"]
        found = last_runs(newest_first[::-1], ids, stack.id)
        if len(found) == len(ids):
            break
    results = [_result(found[one], application.app) for one in ids if one in found]
    return sorted(results, key=lambda one: (one.time is None, one.time))


def last_runs(
    events: Iterable[StackEventTypeDef], ids: Sequence[str], stack_id: str
) -> dict[str, StackEventTypeDef]:
    """The last event of each command that is not part of a rollback, which runs none.

    :param events: oldest first; those before the first start of a deployment don't count.
    :param ids: logical ids of the commands.
    """
    forward, found = False, {}
    for event in events:
        state, id_ = event.get("ResourceStatus", ""), event.get("LogicalResourceId", "")
        if event.get("PhysicalResourceId") == stack_id:
            forward = state in _STARTS or (forward and "ROLLBACK" not in state)
        elif forward and id_ in ids and not state.startswith("DELETE"):
            found[id_] = event
    return found


def _result(event: StackEventTypeDef, app: str) -> ReleaseResult:
    properties = _properties(event)
    state = event.get("ResourceStatus", "")
    failed = state.endswith("_FAILED")
    return ReleaseResult(
        name=str(properties.get("Name") or _name(event.get("LogicalResourceId", ""), app)),
        command=[str(word) for word in properties.get("Command", [])],
        result=_RESULTS.get(state.partition("_")[2], state),
        time=event["Timestamp"],
        reason=_FRAME.sub("", event.get("ResourceStatusReason", "")).strip() if failed else "",
    )


def _properties(event: StackEventTypeDef) -> dict[str, Any]:
    try:
        properties = json.loads(event.get("ResourceProperties") or "{}")
    except ValueError:
        # CloudFormation cuts long ones off.
        return {}
    return properties if isinstance(properties, dict) else {}


def _name(logical_id: str, app: str) -> str:
    return logical_id.removeprefix(f"{app}ReleaseCommand")[:-8]
