"""One release command from request to outcome, in steps that may each be repeated safely.

`begin` serves the provider's on_event, `poll` its is_complete. The framework gives each poll the
same event, so a poll learns from ECS alone how far the release is: by the request's key, which
every task carries as `startedBy`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .command import ReleaseCommand
from .faults import LaterError, RefusedError, ReleaseError
from .report import Report
from .request import PROGRESS, Request
from .stack import is_taken_back
from .task import Task, Tasks
from .verdict import DUPLICATE, is_without_capacity, judge

if TYPE_CHECKING:
    from .clients import World

log = logging.getLogger(__name__)

SETTLE = 20
"""Seconds for a started task to show in ECS's lists, which lag behind.

Between two starts under different client tokens at least this long is waited, so that the later
one finds the earlier one's task.
"""

MISSING_AFTER = 120
"""Seconds after which a task that ECS does not know has vanished rather than not yet appeared."""

STARTS = 3
"""Tasks tried at most when AWS's side fails before the command begins (lack of room: no limit)."""

MINUTE = 60
"""Seconds in which all tries to start share one client token."""

_PENDING: dict[str, Any] = {"IsComplete": False}
_ROLLBACK = "skipped: the stack is rolling back or being deleted"


def begin(request: Request, world: World) -> dict[str, Any]:
    """Starts the command, or decides that there is nothing to run. The answer of on_event."""
    if request.reason_to_skip:
        return _begun(request, Outcome=request.reason_to_skip)
    progress: dict[str, Any] = {"StartedAt": world.clock.now()}
    try:
        if _is_rollback(request, world):
            return _begun(request, Outcome=_ROLLBACK)
        command = ReleaseCommand.from_properties(request.properties)
        tasks = Tasks(ecs=world.ecs, command=command, key=request.key)
        found = tasks.describe()
        progress["TaskArn"] = found[0]["taskArn"] if found else tasks.start(attempt=0)
    except LaterError as error:
        log.info("Left to the next poll: %s", error)
    except RefusedError as error:
        raise ReleaseError(f"{_name(request)} could not be started: {error}") from error
    return _begun(request, **progress)


def poll(request: Request, world: World) -> dict[str, Any]:
    """Looks how far the command is; starts it if it could not start yet. The answer of is_complete.

    Raises `ReleaseError` with the reason and the last log lines.
    """
    if request.type == "Delete" or request.outcome:
        return _complete(request.outcome)
    command = ReleaseCommand.from_properties(request.properties)
    try:
        return _Release(request, command, world).advance()
    except LaterError as error:
        log.info("Left to the next poll: %s", error)
        return _PENDING
    except RefusedError as error:
        raise ReleaseError(f"{command.title} could not be run: {error}") from error


def _begun(request: Request, **progress: Any) -> dict[str, Any]:
    return {"PhysicalResourceId": request.physical_id, PROGRESS: progress}


def _complete(outcome: str, *, task_arn: str = "", log_stream: str = "") -> dict[str, Any]:
    data = {"Outcome": outcome, "TaskArn": task_arn, "LogStream": log_stream}
    return {"IsComplete": True, "Data": data}


def _name(request: Request) -> str:
    return f"Release command {request.properties.get('Name')!r}"


def _is_rollback(request: Request, world: World) -> bool:
    """Asked before each start, as an update may turn into a rollback while there is no capacity.

    Without the permission to ask, a Create fails: that is the first deployment, where the fault is
    found and a failure is safe, since a Delete always succeeds. An Update then runs its command.
    Failing it could block a rollback halfway, and skipping it could put new code in front of an
    old schema unnoticed; Django's `migrate` of older code leaves newer migrations alone.
    """
    try:
        return is_taken_back(world.cloudformation, request.stack_id)
    except RefusedError as error:
        if request.type == "Create":
            raise
        log.warning("The command runs although the stack's status is unknown: %s", error)
        return False


class _Release:
    """A command that is to run for one request."""

    def __init__(self, request: Request, command: ReleaseCommand, world: World) -> None:
        self._request = request
        self._command = command
        self._world = world
        self._tasks = Tasks(ecs=world.ecs, command=command, key=request.key)
        self._report = Report(request, command, world)
        self._now = world.clock.now()
        self._elapsed = self._now - request.started_at

    def advance(self) -> dict[str, Any]:
        every = self._tasks.describe(self._request.task_arn)
        if self._request.task_arn and not every:
            return self._miss()
        void = [task for task in every if self._is_void(task)]
        counting = [task for task in every if task not in void]
        if counting:
            # Two tasks of one request: a duplicate delivery won a race that tokens and lists could
            # not settle. The younger one is stopped before its container starts.
            for duplicate in counting[1:]:
                if not _is_stopped(duplicate):
                    self._tasks.stop(duplicate, reason=DUPLICATE)
            return self._follow(counting[0])
        if len(void) >= STARTS and not is_without_capacity(void[-1]):
            return self._conclude(void[-1])
        return self._start()

    def _is_void(self, task: Task) -> bool:
        return _is_stopped(task) and judge(task, self._command.container).may_start_again

    def _miss(self) -> dict[str, Any]:
        if self._elapsed < MISSING_AFTER:
            return _PENDING
        raise self._report.vanished(self._request.task_arn)

    def _follow(self, task: Task) -> dict[str, Any]:
        if _is_stopped(task):
            return self._conclude(task)
        if self._elapsed > self._command.timeout_seconds:
            raise self._overdue(task)
        return _PENDING

    def _conclude(self, task: Task) -> dict[str, Any]:
        verdict = judge(task, self._command.container)
        if not verdict.succeeded:
            raise self._report.failed(task, summary=verdict.summary, remedy=verdict.remedy)
        arn = task["taskArn"]
        return _complete("ran", task_arn=arn, log_stream=self._command.log_stream(arn))

    def _overdue(self, task: Task) -> ReleaseError:
        limit = self._command.timeout_seconds
        state = "was still running" if task.get("startedAt") else "had not yet started"
        ending = "was stopped"
        try:
            self._tasks.stop(task, reason=f"The release command's limit of {limit} s has passed.")
        except RefusedError as error:
            ending = f"could not be stopped ({error})"
        return self._report.failed(
            task,
            summary=f"{state} after {limit} seconds and {ending}",
            remedy="Raise its timeout if it needs longer, or see below what it waits for.",
        )

    def _start(self) -> dict[str, Any]:
        # A command started just before its deadline would be killed halfway.
        margin = min(MINUTE, self._command.timeout_seconds / 2)
        left = self._command.timeout_seconds - margin - self._elapsed
        if left < 0:
            raise self._report.never_started(waited=self._elapsed, reason="")
        minute, second = divmod(self._now, MINUTE)
        if self._elapsed < SETTLE or second >= MINUTE - SETTLE:
            return _PENDING
        try:
            if _is_rollback(self._request, self._world):
                return _complete(_ROLLBACK)
            self._tasks.start(attempt=int(minute))
        except LaterError as error:
            # Polls remember nothing, so the reason is given by a try of the last minute.
            if left < MINUTE:
                raise self._report.never_started(waited=self._elapsed, reason=str(error)) from error
            raise
        return _PENDING


def _is_stopped(task: Task) -> bool:
    return bool(task.get("lastStatus") == "STOPPED")
