"""What runs: one value for each process of an application, the same for every target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .errors import OptionError, check_type

ProcessKind = Literal["web", "worker", "beat", "release", "scheduled"]

# AWS stops a Fargate container at the latest 120 seconds after SIGTERM.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
LONGEST_STOP_TIMEOUT = 120

# CloudWatch alarms look back one day at most.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_LONGEST_QUIET = 1440

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

    :param min_count: fewest tasks. 0 is for workers with ``backlog_per_task``: the first message
        starts a task.
    :param max_count: most tasks.
    :param cpu_percent: average CPU use to hold, in percent of the task's CPU; None: not a signal.
    :param requests_per_target: requests per task and minute to hold (web only); None: not a signal.
    :param backlog_per_task: celery messages per task to hold, of those that wait and those in
        hand (workers on ECS only); None: not a signal.
    :param quiet_minutes: with ``min_count=0``, how long no message may be there, waiting or taken,
        before the last task goes (1-1440).
    :raises OptionError: min above max, below zero, or nothing to scale on.
    """

    min_count: int = 1
    max_count: int = 1
    cpu_percent: int | None = 60
    requests_per_target: int | None = None
    backlog_per_task: int | None = None
    quiet_minutes: int = 15

    def check(self, option: str, kind: ProcessKind) -> None:
        """Refuses bounds and signals that can't work for a process of this kind."""
        for wrong, remedy in (*self._wrong_bounds(kind), *self._wrong_signals(kind)):
            if wrong:
                raise OptionError(option, self, remedy)

    def _wrong_bounds(self, kind: ProcessKind) -> Iterator[tuple[bool, str]]:
        zero = self.min_count == 0 and kind != "web" and self.backlog_per_task is not None
        yield (
            self.min_count < 1 and not zero,
            (
                "min_count starts at 1: with no task left there is no CPU use to scale out on. "
                "Only workers with backlog_per_task go down to 0."
            ),
        )
        yield (
            self.min_count > self.max_count,
            f"min_count {self.min_count} is above max_count {self.max_count}: swap them.",
        )
        yield (
            zero and self.cpu_percent is not None,
            (
                "give cpu_percent=None with min_count=0: a worker that waits for a slow answer "
                "uses no CPU, and would be taken for idle."
            ),
        )
        yield (
            not 1 <= self.quiet_minutes <= _LONGEST_QUIET,
            "quiet_minutes lies between 1 and 1440.",
        )
        yield (
            not zero and self.quiet_minutes != Scaling.quiet_minutes,
            "quiet_minutes does nothing without min_count=0.",
        )

    def _wrong_signals(self, kind: ProcessKind) -> Iterator[tuple[bool, str]]:
        cpu, requests, backlog = self.cpu_percent, self.requests_per_target, self.backlog_per_task
        yield (
            kind != "web" and requests is not None,
            "requests_per_target is for the web process; scale on cpu_percent or backlog_per_task.",
        )
        yield (
            kind == "web" and backlog is not None,
            "backlog_per_task is for workers; scale on cpu_percent or requests_per_target.",
        )
        for name, value in (("requests_per_target", requests), ("backlog_per_task", backlog)):
            yield (
                self.fixed and value is not None,
                f"{name} does nothing while min_count == max_count: raise max_count.",
            )
            yield not self.fixed and value is not None and value < 1, f"{name} is 1 or more."
        yield (
            not self.fixed and (cpu, requests, backlog) == (None, None, None),
            (
                "give cpu_percent or requests_per_target (a worker: backlog_per_task), or "
                "min_count == max_count."
            ),
        )
        yield (
            not self.fixed and cpu is not None and not 1 <= cpu <= 100,
            "cpu_percent lies between 1 and 100.",
        )

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
    :param queues: the celery queues that its own command consumes, for ``backlog_per_task``; a
        worker in ``celery_queues`` without a command consumes the one it is named after.
    """

    command: Sequence[str] | None = None
    size: Size = Size()
    scaling: Scaling = Scaling()
    spot: bool = False
    stop_timeout: int = LONGEST_STOP_TIMEOUT
    queues: Sequence[str] = ()


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
    :param queues: celery queues whose length is a signal for its scaling; empty: none is.
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
    queues: tuple[str, ...] = ()


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


def check_queues(where: str, worker: Worker) -> tuple[str, ...]:
    """The queues whose length is a signal; refuses those of no use, and a signal without any."""
    option = f"{where}.queues"
    if isinstance(worker.queues, str):
        raise OptionError(option, worker.queues, f"give a list: [{worker.queues!r}].")
    queues = tuple(worker.queues)
    for queue in queues:
        if type(queue) is not str or not queue:
            raise OptionError(option, list(queues), f"{queue!r} is no name of a queue.")
    if queues and worker.scaling.backlog_per_task is None:
        raise OptionError(
            option, list(queues), "it does nothing without scaling=Scaling(backlog_per_task=...)."
        )
    if worker.scaling.backlog_per_task is not None and not queues:
        raise OptionError(
            option,
            list(queues),
            "give the names of the celery queues that its command consumes, as after -Q: their "
            "messages are the backlog.",
        )
    return queues


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
        if worker.queues and worker.command is None:
            raise OptionError(
                f"celery_queues[{queue!r}].queues",
                list(worker.queues),
                "without a command it consumes the one queue it is named after: leave queues out.",
            )
    return {queue: _of_queue(str(celery_app), queue, worker) for queue, worker in named.items()}


def _of_queue(celery_app: str, queue: str, worker: Worker) -> Worker:
    counted = worker.scaling.backlog_per_task is not None
    return replace(
        worker,
        command=worker.command or celery_worker_command(celery_app, queue),
        queues=worker.queues or ((queue,) if counted else ()),
    )
