"""A command as a task of its own, beside the web tasks and made as they are."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from django_cdk.cli.errors import OWN_FAILURE, CliError
from django_cdk.cli.signals import Interruption
from django_cdk.handlers.release.verdict import judge

from .stream import LogStream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from mypy_boto3_ecs.type_defs import ContainerTypeDef, TaskTypeDef

    from django_cdk.cli.console import Console

    from .application import EcsApplication
    from .process import EcsProcess

# Seconds between two looks.
POLL = 1.0
# Looks at an ended task's log that must find nothing new: lines arrive a moment after they were
# written.
_QUIET_LOOKS = 3
# Looks in which ECS may not know the task yet that it has just started.
_UNKNOWN_LOOKS = 60
_ENDED = ("DEPROVISIONING", "STOPPED", "DELETED")


def run_once(application: EcsApplication, command: Sequence[str], console: Console) -> int:
    """Runs the command with the web's task definition, network and role, and shows its log.

    :return: the command's exit code; of an interrupted one, 130.
    :raises CliError: when it could not run.
    """
    with Interruption() as interruption:
        with console.waiting("Starting a task ..."):
            web, arn = _start(application, command)
        task = _OneOff(application, web, arn, console, interruption)
        try:
            return task.watch()
        except BrokenPipeError:
            # As SIGPIPE ends a command on this machine.
            task.stop()
            raise
        except (BotoCoreError, ClientError, KeyboardInterrupt):
            console.warn(f"Task {task.id} may still run.")
            raise


def _start(application: EcsApplication, command: Sequence[str]) -> tuple[EcsProcess, str]:
    web, service = application.service("web")
    network: Any = service.get("networkConfiguration")
    answer = application.ecs.run_task(
        cluster=application.cluster,
        taskDefinition=web.definition["taskDefinitionArn"],
        launchType="FARGATE",
        count=1,
        networkConfiguration=network,
        overrides={"containerOverrides": [{"name": web.container["name"], "command": [*command]}]},
        startedBy=f"django-cdk/{_user()}"[:36],
    )
    if answer["tasks"]:
        return web, answer["tasks"][0]["taskArn"]
    reasons = "; ".join(
        ": ".join(filter(None, (one.get("reason"), one.get("detail"))))
        for one in answer.get("failures", [])
    )
    raise CliError(f"ECS could not start a task: {reasons or 'it gave no reason'}.")


def _user() -> str:
    """For the list of tasks: who it was. ECS takes letters, digits and ``-_/``."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


class _OneOff:
    """A started task."""

    def __init__(
        self,
        application: EcsApplication,
        web: EcsProcess,
        arn: str,
        console: Console,
        interruption: Interruption,
    ) -> None:
        self.id = arn.rpartition("/")[2]
        self._application = application
        self._container = web.container["name"]
        self._arn = arn
        self._console = console
        self._interruption = interruption
        self._stopping = False
        self._unknown = 0
        self._log = LogStream(
            application.cloudwatch_logs, group=web.log_group, stream=web.log_stream(arn)
        )

    def watch(self) -> int:
        """Shows the log until the command has ended."""
        with self._console.waiting(f"Waiting for task {self.id} to start ..."):
            task = self._look_until_it_runs()
        while not self._has_ended(task):
            self._show()
            self._interruption.wait(POLL)
            task = self._look()
        self._show_the_rest()
        return self._exit_code(task)

    def _look_until_it_runs(self) -> TaskTypeDef:
        task = self._look()
        while task.get("lastStatus") != "RUNNING" and not self._has_ended(task):
            self._interruption.wait(POLL)
            task = self._look()
        return task

    def _look(self) -> TaskTypeDef:
        if self._interruption.signal is not None:
            self.stop()
        answer = self._application.ecs.describe_tasks(
            cluster=self._application.cluster, tasks=[self._arn]
        )
        if answer["tasks"]:
            return answer["tasks"][0]
        self._unknown += 1
        if self._unknown > _UNKNOWN_LOOKS:
            raise CliError(f"ECS started task {self.id} but knows nothing of it any more.")
        return {"lastStatus": "PROVISIONING"}

    def stop(self) -> None:
        """Stops it, once."""
        if self._stopping:
            return
        self._stopping = True
        self._console.note(f"Stopping task {self.id} ... (once more: leave it to itself)")
        self._application.ecs.stop_task(
            cluster=self._application.cluster,
            task=self._arn,
            reason="Interrupted in django-cdk manage",
        )

    def _has_ended(self, task: TaskTypeDef) -> bool:
        """The exit code stands before Fargate has taken the network down, some 20 s later."""
        return self._code_of(task) is not None or task.get("lastStatus") in _ENDED

    def _show(self) -> bool:
        lines = self._log.new_lines()
        for line in lines:
            self._console.raw(f"{line}\n")
        return bool(lines)

    def _show_the_rest(self) -> None:
        quiet = 0
        while quiet < _QUIET_LOOKS:
            quiet = 0 if self._show() else quiet + 1
            self._interruption.wait(POLL if quiet < _QUIET_LOOKS else 0)

    def _exit_code(self, task: TaskTypeDef) -> int:
        if self._stopping:
            self._console.warn(f"Task {self.id} was stopped.")
            return self._interruption.exit_code
        code = self._code_of(task)
        if code is None:
            # The reasons stand in the description of the stopped task only.
            while task.get("lastStatus") != "STOPPED" and self._interruption.signal is None:
                self._interruption.wait(POLL)
                task = self._look()
            code = self._code_of(task)
        if code is None:
            verdict = judge(dict(task), self._container)
            raise CliError(
                f"The command {verdict.summary}. {verdict.remedy}".strip(), exit_code=OWN_FAILURE
            )
        for reason in (one.get("reason") for one in self._own(task)):
            if reason:
                self._console.warn(f"ECS says: {reason}")
        return code

    def _own(self, task: TaskTypeDef) -> list[ContainerTypeDef]:
        return [one for one in task.get("containers", []) if one.get("name") == self._container]

    def _code_of(self, task: TaskTypeDef) -> int | None:
        over = task.get("lastStatus") in _ENDED
        codes = (
            one.get("exitCode")
            for one in self._own(task)
            if over or one.get("lastStatus") == "STOPPED"
        )
        return next(codes, None)
