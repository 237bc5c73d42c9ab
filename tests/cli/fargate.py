"""What Fargate does and moto does not: a task that runs, writes, and ends with an exit code."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3

from tests.cli.deployed import REGION

RUNNING = {"lastStatus": "RUNNING"}


def ended(code: int, **more: Any) -> dict[str, Any]:
    """The container has ended; the task is being taken down."""
    container = {"lastStatus": "STOPPED", "exitCode": code, **more}
    return {"lastStatus": "DEPROVISIONING", "container": container}


class Fargate:
    """moto's ECS, whose tasks go through the given states, one a look.

    :param states: each with `lastStatus`, further fields of the task, and those of its
        `container`; the last one stays.
    :param says: state's number -> lines that the task has written by then.
    :param signals: state's number -> signal that this process gets when it has been asked for.
    """

    def __init__(
        self,
        states: Sequence[Mapping[str, Any]],
        says: Mapping[int, Sequence[str]] | None = None,
        signals: Mapping[int, int] | None = None,
    ) -> None:
        self.real = boto3.client("ecs", region_name=REGION)
        self.started: list[Mapping[str, Any]] = []
        self.stopped: list[Mapping[str, Any]] = []
        self._logs = boto3.client("logs", region_name=REGION)
        self._states = self._each(states)
        self._last = states[0]
        self._says = dict(says or {})
        self._signals = dict(signals or {})
        self._look = -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def run_task(self, **request: Any) -> Any:
        """moto checks what is asked for."""
        self.started.append(request)
        return self.real.run_task(**request)

    def describe_tasks(self, **request: Any) -> Any:
        """The next state."""
        self._last = next(self._states)
        self._look += 1
        answer = self.real.describe_tasks(**request)
        for task in answer["tasks"]:
            self._write(task)
            state = dict(self._last)
            container = state.pop("container", {})
            task.update(state)
            task["containers"] = [{"name": "web", **container}]
        if self._look in self._signals:
            os.kill(os.getpid(), self._signals[self._look])
        return answer

    def stop_task(self, **request: Any) -> Any:
        """The task ends as it does after SIGTERM."""
        self.stopped.append(request)
        self._states = self._each([ended(143)])
        return self.real.stop_task(**request)

    def _each(self, states: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        yield from states
        while True:
            yield states[-1]

    def _write(self, task: Mapping[str, Any]) -> None:
        lines = self._says.pop(self._look, ())
        if not lines:
            return
        definition = self.real.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
        (container,) = definition["taskDefinition"]["containerDefinitions"]
        group = container["logConfiguration"]["options"]["awslogs-group"]
        write(group, f"web/web/{task['taskArn'].rpartition('/')[2]}", lines)


def write(group: str, stream: str, lines: Sequence[str], *, ago: float = 0) -> None:
    """Puts lines into a log stream, as the awslogs driver does.

    :param ago: seconds since they were written.
    """
    logs = boto3.client("logs", region_name=REGION)
    if not logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int((time.time() - ago) * 1000)
    events = [{"timestamp": now + n, "message": line} for n, line in enumerate(lines)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
