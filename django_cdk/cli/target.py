"""What every place where an application runs can do: one interface for the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .errors import CliError
from .stack import find_stack

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from .console import Console
    from .report import Status
    from .stack import Stack


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of a process's log.

    :param time: when it was written.
    :param process: label of the process: ``web``, ``worker:celery``.
    :param source: which of its tasks or pods.
    :param text: without its line end.
    """

    time: datetime
    process: str
    source: str
    text: str


class Target(Protocol):
    """One deployed application. Every method raises `CliError` for what can't be done."""

    @property
    def app(self) -> str:
        """Its name, as ``--app`` takes it."""

    def labels(self) -> Sequence[str]:
        """Its processes: ``web``, ``worker:celery``, ``beat``, ``release``, ``scheduled:...``.

        :return: nothing when nobody knows.
        """

    def manage_py(self) -> Sequence[str]:
        """How its release commands call manage.py; else ``python manage.py``."""

    def run_once(self, command: Sequence[str], console: Console) -> int:
        """Runs a command beside the web process, as the web process, and shows its output.

        :return: the command's exit code.
        """

    def enter(self, process: str, command: Sequence[str], console: Console) -> int:
        """Runs a command in a running container of the process, attached to this terminal.

        :return: the command's exit code.
        """

    def history(self, processes: Sequence[str], since: datetime) -> Iterator[LogLine]:
        """What the processes have logged, oldest first."""

    def follow(
        self, processes: Sequence[str], since: datetime, console: Console
    ) -> Iterator[LogLine]:
        """What they have logged and what they log from now on, without an end."""

    def status(self) -> Status:
        """How it is."""


def label(kind: str, name: str) -> str:
    """How a process is called: its kind, and its name where there are several of the kind."""
    return f"{kind}:{name}" if kind in ("worker", "scheduled") else kind


def find_target(arguments: argparse.Namespace) -> Target:
    """The application of the stack; with several, the one of ``--app``.

    :raises CliError: when there is none, or the choice is not clear.
    """
    return choose(_targets(find_stack(arguments)), arguments.app)


def choose(targets: Sequence[Target], app: str | None) -> Target:
    """The target of that name, or the only one.

    :raises CliError: naming all.
    """
    if not targets:
        raise CliError(
            "This stack has no DjangoEcs, DjangoEks or DockerEc2 in it: give the --stack that has."
        )
    named = [one for one in targets if app in (None, one.app)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(one.app for one in targets)
    if app is None:
        raise CliError(f"Which application of this stack? Give --app: {names}.")
    raise CliError(f"There is no application {app!r} in this stack: {names}.")


def choose_process(labels: Sequence[str], text: str) -> str:
    """The process that the text means: a label, or the name behind its colon.

    :param labels: all there are; empty: nobody knows.
    :raises CliError: naming all.
    """
    if not labels:
        return text
    found = [one for one in labels if one == text] or [
        one for one in labels if one.partition(":")[2] == text
    ]
    if len(found) == 1:
        return found[0]
    raise CliError(f"There is no one process {text!r}: {', '.join(labels)}.")


def manage_py_of(commands: Iterator[Sequence[object]]) -> Sequence[str]:
    """The words with which the first command that calls manage.py does."""
    for command in commands:
        words = [str(word) for word in command]
        for index, word in enumerate(words):
            if word.rpartition("/")[2] in ("manage.py", "django-admin"):
                return words[: index + 1]
    return ("python", "manage.py")


def _targets(stack: Stack) -> list[Target]:
    from .ec2.application import ec2_applications  # noqa: PLC0415 - they import this module
    from .ecs.application import ecs_applications  # noqa: PLC0415
    from .eks.application import eks_applications  # noqa: PLC0415

    return [*ecs_applications(stack), *eks_applications(stack), *ec2_applications(stack)]
