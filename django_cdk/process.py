"""What runs: one value for each process of an application, the same for every target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .errors import OptionError
from .health_check import HealthCheck
from .scaling import Scaling

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
    :param health_check: command by which a hanging worker is noticed. Default: it is replaced when
        it ends, and no sooner.
    :param queues: the celery queues that its own command consumes, for ``backlog_per_task``; a
        worker in ``celery_queues`` without a command consumes the one it is named after.
    """

    command: Sequence[str] | None = None
    size: Size = Size()
    scaling: Scaling = Scaling()
    spot: bool = False
    stop_timeout: int = LONGEST_STOP_TIMEOUT
    health_check: HealthCheck | None = None
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
    :param health_check: how the container itself is asked (workers and beat); None: not at all.
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
    health_check: HealthCheck | None = None
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
