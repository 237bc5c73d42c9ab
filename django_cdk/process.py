"""What runs: one value for each process of an application, the same for every target."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .errors import OptionError, check_type

ProcessKind = Literal["web", "worker", "beat", "release", "scheduled"]

# AWS stops a Fargate container at the latest 120 seconds after SIGTERM.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
LONGEST_STOP_TIMEOUT = 120

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
# Minutes, hours, day of month, month, day of week and year.
_SCHEDULE = re.compile(r"cron\((\S+ ){5}\S+\)|(rate|at)\(.+\)")


@dataclass(frozen=True, kw_only=True)
class Size:
    """What one task of a process gets.

    :param cpu: CPU units; 1024 is one virtual CPU.
    :param memory_mib: memory in MiB.
    """

    cpu: int = 512
    memory_mib: int = 1024


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many tasks of a process run.

    Target tracking holds the average at the given values; with ``min_count == max_count`` the
    number is fixed and nothing scales.

    :param min_count: fewest tasks.
    :param max_count: most tasks.
    :param cpu_percent: average CPU use to hold, in percent of the task's CPU; None: not a signal.
    :param requests_per_target: requests per task and minute to hold (web only); None: not a signal.
    :raises OptionError: min above max, below zero, or nothing to scale on.
    """

    min_count: int = 1
    max_count: int = 1
    cpu_percent: int | None = 60
    requests_per_target: int | None = None

    def check(self, option: str, kind: ProcessKind) -> None:
        """Refuses bounds and signals that can't work for a process of this kind."""
        if self.min_count < 1:
            raise OptionError(
                option,
                self,
                "min_count starts at 1: with no task left there is no CPU use to scale out on.",
            )
        if self.min_count > self.max_count:
            raise OptionError(
                option,
                self,
                f"min_count {self.min_count} is above max_count {self.max_count}: swap them.",
            )
        if kind != "web" and self.requests_per_target is not None:
            raise OptionError(
                option, self, "requests_per_target is for the web process; scale on cpu_percent."
            )
        if self.fixed:
            if self.requests_per_target is not None:
                raise OptionError(
                    option,
                    self,
                    "requests_per_target does nothing while min_count == max_count: raise "
                    "max_count.",
                )
            return
        if self.cpu_percent is None and self.requests_per_target is None:
            raise OptionError(
                option, self, "give cpu_percent or requests_per_target, or min_count == max_count."
            )
        if self.cpu_percent is not None and not 1 <= self.cpu_percent <= 100:
            raise OptionError(option, self, "cpu_percent lies between 1 and 100.")
        if self.requests_per_target is not None and self.requests_per_target < 1:
            raise OptionError(option, self, "requests_per_target is 1 or more.")

    @property
    def fixed(self) -> bool:
        """True when the number of tasks never changes."""
        return self.min_count == self.max_count


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker: any long-running process beside the web, celery or not.

    :param command: its command in exec form; None is allowed in ``celery_queues`` only, where
        the celery command for the queue takes that place.
    :param size: CPU and memory of one task.
    :param scaling: how many tasks; fixed at one by default.
    :param spot: run on spare capacity at a discount of up to 70 %; AWS may stop a task with two
        minutes' notice, so its work must be safe to repeat. A cluster of the user's own must have
        the capacity provider ``FARGATE_SPOT``.
    :param stop_timeout: seconds between SIGTERM and SIGKILL, to finish the task at hand (1-120).
    """

    command: Sequence[str] | None = None
    size: Size = Size()
    scaling: Scaling = Scaling()
    spot: bool = False
    stop_timeout: int = LONGEST_STOP_TIMEOUT


@dataclass(frozen=True, kw_only=True)
class ScheduledCommand:
    """A command that runs by the clock, as a task of its own.

    :param schedule: EventBridge Scheduler expression: ``cron(0 3 * * ? *)``, ``rate(1 hour)`` or
        ``at(2030-01-01T00:00:00)``.
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    :param command: the command in exec form.
    :param timezone: name from the IANA time zone database in which the expression is read.
    :param size: CPU and memory of the task.
    """

    schedule: str
    command: Sequence[str]
    timezone: str = "UTC"
    size: Size = Size()


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the application, as every target reads it.

    Made by :class:`~django_cdk.DjangoApp`; not by hand.

    :param name: unique in the application; becomes part of construct ids and log streams.
    :param kind: web, worker, beat, release or scheduled.
    :param command: exec form; None: the image's own.
    :param size: CPU and memory of one task.
    :param scaling: how many; None for processes that run to their end.
    :param port: port it listens on; None: none.
    :param spot: may run on spare capacity.
    :param stop_timeout: seconds between the stop signal and SIGKILL.
    :param schedule: when a scheduled process runs.
    """

    name: str
    kind: ProcessKind
    command: tuple[str, ...] | None
    size: Size
    scaling: Scaling | None = None
    port: int | None = None
    spot: bool = False
    stop_timeout: int = 30
    schedule: ScheduledCommand | None = None


def check_name(option: str, name: str) -> str:
    """Refuses a process name that can't be part of a construct id or a log stream."""
    if not _NAME.fullmatch(name):
        raise OptionError(
            option,
            name,
            "a name starts with a letter, then up to 39 letters, digits, hyphens or underscores; a "
            "celery queue with another name is served by workers={NAME: [..., '-Q', QUEUE]}.",
        )
    return name


def check_command(option: str, command: Sequence[str]) -> tuple[str, ...]:
    """The command as a tuple; refuses shell strings, empty commands and empty words."""
    if isinstance(command, str):
        raise OptionError(
            option,
            command,
            f"give the command as a list of words: {command.split()!r}; a shell between the "
            "container and the process would swallow the stop signal.",
        )
    words = tuple(command)
    if not words:
        raise OptionError(
            option, [], 'give at least one word, for example ["python", "manage.py"].'
        )
    for word in words:
        if type(word) is not str or not word:
            raise OptionError(
                option,
                list(words),
                f"{word!r} is no word of a command: give text that is not empty.",
            )
    return words


def check_schedule(option: str, schedule: str) -> None:
    """Refuses what has not the form of an EventBridge Scheduler expression."""
    if not _SCHEDULE.fullmatch(schedule):
        raise OptionError(
            option,
            schedule,
            "give an EventBridge Scheduler expression: cron(0 3 * * ? *) with six fields, "
            "rate(1 hour) or "
            "at(2030-01-01T00:00:00).",
        )


def check_stop_timeout(option: str, seconds: int) -> int:
    """Refuses a stop timeout that AWS would cut."""
    if not 1 <= seconds <= LONGEST_STOP_TIMEOUT:
        raise OptionError(option, seconds, f"give 1 to {LONGEST_STOP_TIMEOUT} seconds.")
    return seconds


def celery_worker_command(celery_app: str, queue: str) -> tuple[str, ...]:
    """The celery command that consumes one queue."""
    return ("celery", "-A", celery_app, "worker", "-Q", queue, "--loglevel", "INFO")


def celery_beat_command(celery_app: str) -> tuple[str, ...]:
    """The celery command of the scheduler; its state goes to /tmp, the one writable place."""
    return (
        "celery",
        "-A",
        celery_app,
        "beat",
        "--loglevel",
        "INFO",
        "-s",
        "/tmp/celerybeat-schedule",  # noqa: S108 - a path in the container, not on this machine
        "--pidfile=",
    )


def queue_workers(
    celery_app: str | None, queues: Sequence[str] | Mapping[str, Worker]
) -> dict[str, Worker]:
    """One worker for each celery queue, with the celery command where none was given."""
    if queues and not celery_app:
        raise OptionError(
            "celery_queues", queues, "give celery_app too, for example 'backend.celery_app:app'."
        )
    if isinstance(queues, str):
        raise OptionError("celery_queues", queues, f"give a list: [{queues!r}].")
    named = queues if isinstance(queues, Mapping) else dict.fromkeys(queues, Worker())
    for queue, worker in named.items():
        remedy = "give a Worker: Worker(command=[...]), or Worker() for the celery command."
        check_type(f"celery_queues[{queue!r}]", worker, Worker, remedy)
    return {
        queue: replace(
            worker, command=worker.command or celery_worker_command(str(celery_app), queue)
        )
        for queue, worker in named.items()
    }
