"""The Fargate task of one request: start it at most once, find it, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .faults import LaterError, RefusedError, asking, is_capacity

if TYPE_CHECKING:
    from .clients import Ecs
    from .command import ReleaseCommand

Task = dict[str, Any]

_PAGE = 100  # tasks that one DescribeTasks takes


class Tasks:
    """All tasks that carry one request's key. Every delivery of that request sees the same."""

    def __init__(self, *, ecs: Ecs, command: ReleaseCommand, key: str) -> None:
        self._ecs = ecs
        self._command = command
        self._key = key

    def describe(self, known_arn: str = "") -> list[Task]:
        """Oldest first. `known_arn` is asked for too: lists lag behind a start by seconds.

        Stopped tasks are listed for about an hour, as long as a request lives. ECS wants
        `startedBy` to be the only filter of a list, and without another lists running tasks only;
        so stopped ones are listed by their family, and told apart here.
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
        """
        running = self._list(startedBy=self._key)
        stopped = self._list(family=self._command.family, desiredStatus="STOPPED")
        arns = list(dict.fromkeys([*([known_arn] if known_arn else []), *running, *stopped]))
        every = [task for first in range(0, len(arns), _PAGE) for task in self._ask(arns, first)]
        return sorted((task for task in every if task.get("startedBy") == self._key), key=_age)

    def _list(self, **filters: str) -> list[str]:
        arns: list[str] = []
        more: dict[str, str] = {}
        while True:
            with asking("ecs:ListTasks"):
                answer = self._ecs.list_tasks(cluster=self._command.cluster, **filters, **more)
            arns += answer["taskArns"]
            if not answer.get("nextToken"):
                return arns
            more = {"nextToken": answer["nextToken"]}

    def _ask(self, arns: list[str], first: int) -> list[Task]:
        with asking("ecs:DescribeTasks"):
            answer = self._ecs.describe_tasks(
                cluster=self._command.cluster, tasks=arns[first : first + _PAGE]
            )
        tasks: list[Task] = answer["tasks"]
        return tasks

    def start(self, *, attempt: int) -> str:
        """Starts the task and returns its ARN.

        Two calls with the same attempt number give the same task, even at the same moment; after
        a failed start a new number is needed, because ECS may replay the failure of the old one.
        Raises `LaterError` without capacity, `RefusedError` if the start can never succeed.
        """
        command = self._command
        network = {
            "subnets": list(command.subnets),
            "securityGroups": list(command.security_groups),
            "assignPublicIp": command.assign_public_ip,
        }
        override = {"name": command.container, "command": list(command.command)}
        with asking("ecs:RunTask"):
            answer = self._ecs.run_task(
                cluster=command.cluster,
                taskDefinition=command.task_definition,
                launchType="FARGATE",
                count=1,
                networkConfiguration={"awsvpcConfiguration": network},
                overrides={"containerOverrides": [override]},
                startedBy=self._key,
                clientToken=f"{self._key}-{attempt}",
                propagateTags="TASK_DEFINITION",
                enableExecuteCommand=False,
            )
        if answer.get("tasks"):
            return str(answer["tasks"][0]["taskArn"])
        raise _start_failure(answer.get("failures") or [])

    def stop(self, task: Task, *, reason: str) -> None:
        """Stops the task (SIGTERM, then SIGKILL); a task that has stopped already stays stopped."""
        with asking("ecs:StopTask"):
            self._ecs.stop_task(
                cluster=self._command.cluster, task=task["taskArn"], reason=reason[:255]
            )


def _age(task: Task) -> tuple[float, str]:
    created = task.get("createdAt")
    return (created.timestamp() if created else 0.0, str(task["taskArn"]))


def _start_failure(failures: list[dict[str, Any]]) -> LaterError | RefusedError:
    reasons = [
        ": ".join(filter(None, (failure.get("reason", ""), failure.get("detail", ""))))
        for failure in failures
    ]
    text = f"ecs:RunTask: {'; '.join(reasons) or 'neither a task nor a reason was returned'}"
    is_passing = not reasons or any(is_capacity(reason) for reason in reasons)
    return LaterError(text) if is_passing else RefusedError(text)
