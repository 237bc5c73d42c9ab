"""A small AWS in memory, and the CDK provider framework around the handler.

Each fake checks its requests against botocore's own service model and raises botocore's own
errors, so a wrong parameter fails here as it would in AWS.
"""

from __future__ import annotations

import functools
from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from django_cdk.handlers.release import index, release
from django_cdk.handlers.release.clients import World

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/blog"
DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/blog-release:7"
FAMILY = "blog-release"
STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/blog/5f1b-11ee"


def client_error(operation: str, code: str, message: str = "", status: int = 400) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, operation)  # type: ignore[arg-type]


@functools.cache
def _service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


class Fake:
    """Counts calls, checks their shape, and raises or answers what a test queued first."""

    service = ""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._queued: dict[str, deque[Any]] = defaultdict(deque)
        self._always: dict[str, Exception] = {}

    def queue(self, operation: str, *outcomes: Any) -> None:
        """The next calls raise (exceptions) or return (dicts) these."""
        self._queued[operation].extend(outcomes)

    def always(self, operation: str, error: Exception) -> None:
        self._always[operation] = error

    def named(self, operation: str) -> list[dict[str, Any]]:
        return [request for name, request in self.calls if name == operation]

    def _called(self, operation: str, request: dict[str, Any]) -> Any:
        shape = _service_model(self.service).operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        assert not report.has_errors(), report.generate_report()
        self.calls.append((operation, request))
        if operation in self._always:
            raise self._always[operation]
        outcome = self._queued[operation].popleft() if self._queued[operation] else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class FakeClock:
    """Starts at the beginning of a minute, so that a test knows which minute it is in."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0 - 1_800_000_000 % 60
        self.slept = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.slept += seconds


class FakeEcs(Fake):
    """One cluster. `list_lag`: seconds until a new task shows in lists, as in the real ECS."""

    service = "ecs"

    def __init__(self, clock: FakeClock, *, list_lag: float = 0) -> None:
        super().__init__()
        self.clock = clock
        self.list_lag = list_lag
        self.tasks: dict[str, dict[str, Any]] = {}
        self._by_token: dict[str, str] = {}

    def list_tasks(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("ListTasks", request)) is not None:
            return answer
        filters = request.keys() - {"cluster", "nextToken", "maxResults"}
        if "startedBy" in filters and filters != {"startedBy"}:
            raise client_error(
                "ListTasks", "InvalidParameterException", "startedBy must be the only filter."
            )
        listed = [arn for arn, task in self.tasks.items() if self._lists(task, request)]
        start = int(request.get("nextToken", 0))
        page, rest = listed[start : start + 100], listed[start + 100 :]
        return {"taskArns": page, **({"nextToken": str(start + 100)} if rest else {})}

    def _lists(self, task: dict[str, Any], request: dict[str, Any]) -> bool:
        age = self.clock.now() - task["createdAt"].timestamp()
        return (
            request.get("startedBy", task["startedBy"]) == task["startedBy"]
            and request.get("family", FAMILY) == FAMILY
            and request.get("desiredStatus", "RUNNING") == task["desiredStatus"]
            and age >= self.list_lag
        )

    def describe_tasks(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("DescribeTasks", request)) is not None:
            return answer
        assert len(request["tasks"]) <= 100
        found = [dict(self.tasks[arn]) for arn in request["tasks"] if arn in self.tasks]
        missing = [arn for arn in request["tasks"] if arn not in self.tasks]
        return {"tasks": found, "failures": [{"arn": a, "reason": "MISSING"} for a in missing]}

    def run_task(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("RunTask", request)) is not None:
            return answer
        arn = self._by_token.get(request["clientToken"])
        if arn is None:
            arn = self._by_token[request["clientToken"]] = self.add(request["startedBy"])
        return {"tasks": [dict(self.tasks[arn])], "failures": []}

    def stop_task(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("StopTask", request)) is not None:
            return answer
        task = self.tasks[request["task"]]
        task |= {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stopCode": "UserInitiated"}
        task["stoppedReason"] = request["reason"]
        return {"task": dict(task)}

    def add(self, started_by: str) -> str:
        arn = f"{CLUSTER.replace(':cluster/', ':task/')}/{len(self.tasks):032x}"
        self.tasks[arn] = {
            "taskArn": arn,
            "startedBy": started_by,
            "createdAt": datetime.fromtimestamp(self.clock.now(), UTC),
            "desiredStatus": "RUNNING",
            "lastStatus": "PROVISIONING",
            "containers": [{"name": "web", "lastStatus": "PENDING"}],
        }
        return arn

    @property
    def task(self) -> dict[str, Any]:
        """The newest task."""
        return list(self.tasks.values())[-1]

    def run(self) -> None:
        """The newest task's command begins."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        self.task.update(lastStatus="RUNNING", startedAt=now)

    def end(self, exit_code: int | None = 0, *, reason: str = "", **task: Any) -> None:
        """The newest task's container ends; without exit code it never was a container."""
        container: dict[str, Any] = {"name": "web", "lastStatus": "STOPPED"}
        if exit_code is not None:
            self.run()
            container["exitCode"] = exit_code
            task = {"stopCode": "EssentialContainerExited"} | task
        if reason:
            container["reason"] = reason
        defaults = {"stopCode": "TaskFailedToStart", "containers": [container]}
        self.task.update(desiredStatus="STOPPED", lastStatus="STOPPED", **(defaults | task))


class FakeLogs(Fake):
    """Streams by name. `page` is the most events one answer holds, as in the real service."""

    service = "logs"

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[str]] = {}
        self.served = 0

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("GetLogEvents", request)) is not None:
            return answer
        if request["logStreamName"] not in self.streams:
            text = "The specified log stream does not exist."
            raise client_error("GetLogEvents", "ResourceNotFoundException", text)
        assert request["startFromHead"] is False
        lines = self.streams[request["logStreamName"]][-request["limit"] :]
        self.served += len(lines)
        return {"events": [{"timestamp": 1, "message": line} for line in lines]}


class FakeCloudFormation(Fake):
    """One stack in a status that the test sets."""

    service = "cloudformation"

    def __init__(self) -> None:
        super().__init__()
        self.status = "UPDATE_IN_PROGRESS"

    def describe_stacks(self, **request: Any) -> dict[str, Any]:
        if (answer := self._called("DescribeStacks", request)) is not None:
            return answer
        return {"Stacks": [{"StackId": request["StackName"], "StackStatus": self.status}]}


class Aws:
    """The fakes together."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ecs = FakeEcs(self.clock)
        self.logs = FakeLogs()
        self.cloudformation = FakeCloudFormation()

    @property
    def world(self) -> World:
        return World(
            ecs=self.ecs, logs=self.logs, cloudformation=self.cloudformation, clock=self.clock
        )

    @property
    def runs(self) -> int:
        """How many tasks were ever started."""
        return len(self.ecs.tasks)

    def log(self, *lines: str) -> None:
        """Writes to the newest task's log."""
        task_id = self.ecs.task["taskArn"].rsplit("/", 1)[-1]
        self.logs.streams.setdefault(f"release/web/{task_id}", []).extend(lines)


class Deployment:
    """One CloudFormation request driven as the provider framework drives it."""

    def __init__(self, aws: Aws, event: dict[str, Any]) -> None:
        self.aws = aws
        self.event = event

    def begin(self) -> dict[str, Any]:
        result = index.answer(release.begin, self.event, self.aws.world)
        self.event = {**self.event, **result}
        return result

    def poll(self, *, after: float = 10) -> dict[str, Any] | None:
        """One is_complete, `after` seconds later. None: not complete yet."""
        self.aws.clock.time += after
        result = index.answer(release.poll, self.event, self.aws.world)
        if not result["IsComplete"]:
            assert not result.get("Data"), "the framework refuses Data before completion"
            return None
        return result["Data"]

    def poll_for(self, seconds: float) -> dict[str, Any] | None:
        """Polls every ten seconds until an answer, or until so many seconds have passed."""
        for _ in range(int(seconds // 10)):
            if (data := self.poll()) is not None:
                return data
        return None
