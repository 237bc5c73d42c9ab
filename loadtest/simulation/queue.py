"""A celery worker and its queue: how long messages wait, and what scaling makes of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from django_cdk.handlers.queue_depth.broker import Count
from django_cdk.handlers.queue_depth.metrics import metric_data

from .autoscaler import Autoscaler
from .aws import COUNT_DELAY_MINUTES
from .fleet import Fleet
from .policies import Service
from .web import CPU, STEP_SECONDS, Minute


@dataclass(frozen=True, kw_only=True)
class QueueRun:
    """A day of a worker.

    :param minutes: all of it; the latency is that of the message that was done last.
    :param messages: that came.
    :param longest_wait: seconds from a message's arrival until it was done, at most.
    :param cut_off: messages in hand while the last task was taken away.
    """

    minutes: tuple[Minute, ...]
    messages: int
    longest_wait: float
    cut_off: int


def run_queue(
    service: Service,
    messages_per_second: float,
    load: Callable[[int], int],
    *,
    hours: int,
) -> QueueRun:
    """The worker under a load.

    :param messages_per_second: what one task does.
    :param load: second of the day -> messages that come in the ten seconds from then on.
    """
    scaler = Autoscaler(service)
    fleet = Fleet(scaler.desired)
    lines: deque[tuple[int, int]] = deque()
    known: list[dict[str, float]] = []
    minutes: list[Minute] = []
    total = cut_off = 0
    wait = longest = credit = 0.0
    for start in range(0, hours * 3600, 60):
        came = done = 0
        could = paid = 0.0
        for now in range(start, start + 60, STEP_SECONDS):
            if arriving := load(now):
                lines.append((now, arriving))
            able = fleet.ready(now) * messages_per_second * STEP_SECONDS
            credit += able
            taken = min(int(credit), sum(number for _, number in lines))
            wait = _take(lines, taken, now) if taken else wait
            # Who has nothing to do saves nothing up.
            credit = credit - taken if lines and able else 0.0
            longest = max(longest, wait if taken else 0.0)
            came, done, could = came + arriving, done + taken, could + able
            paid += fleet.paid
        total += came
        left = sum(number for _, number in lines)
        busy = 100 * done / could if could else 0.0
        tasks = fleet.ready(start + 60)
        # One message of each task's is being done while others wait.
        in_hand = min(left, tasks)
        found = Count(waiting=left - in_hand, in_hand=in_hand)
        known.append({CPU: busy, **_metrics(found, scaler.desired)})
        before = scaler.desired
        desired = scaler.minute(start + 60, known[-1 - COUNT_DELAY_MINUTES])
        if before > 0 == desired:
            cut_off += in_hand
        fleet.set(start + 60, desired)
        minutes.append(
            Minute(
                arriving=came / 60,
                tasks=tasks,
                paid=paid * STEP_SECONDS / 60,
                busy=busy,
                latency=wait if lines or done else 0.0,
                waiting=left,
            )
        )
    return QueueRun(minutes=tuple(minutes), messages=total, longest_wait=longest, cut_off=cut_off)


def _take(lines: deque[tuple[int, int]], number: int, now: int) -> float:
    """Takes so many messages, the oldest first; how long ago the last of them came."""
    arrived = now
    while number:
        arrived, there = lines.popleft()
        if there > number:
            lines.appendleft((arrived, there - number))
        number -= min(number, there)
    return float(now - arrived)


def _metrics(found: Count, desired: int) -> dict[str, float]:
    """The metrics that the library's own function would put."""
    data = metric_data("cluster", "service", found, desired)
    return {one["MetricName"]: one["Value"] for one in data}
