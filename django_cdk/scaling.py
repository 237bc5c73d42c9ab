"""How many tasks of a process run, and on what signal the number changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .process import ProcessKind

# CloudWatch alarms look back one day at most.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_LONGEST_QUIET = 1440


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
