"""A web service under load: what its visitors wait for, and what scaling makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .autoscaler import Autoscaler
from .aws import METRIC_DELAY_MINUTES
from .fleet import Fleet
from .policies import Service

STEP_SECONDS = 10
SLOW_SECONDS = 1.0

CPU = "ECSServiceAverageCPUUtilization"
REQUESTS = "ALBRequestCountPerTarget"


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What one task can do, as measured.

    :param requests_per_second: at most.
    :param seconds: CPU time and waits of one request on a task that has nothing else to do.
    """

    requests_per_second: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Minute:
    """One minute of a service.

    :param arriving: requests (messages) per second that came.
    :param tasks: tasks that worked, at its end.
    :param paid: tasks that were paid, on average.
    :param busy: CPU use in percent of those that worked.
    :param latency: seconds that the last of its requests took.
    :param waiting: requests (messages) that waited at its end.
    """

    arriving: float
    tasks: int
    paid: float
    busy: float
    latency: float
    waiting: float


@dataclass(frozen=True, kw_only=True)
class WebRun:
    """A day of a web service.

    :param minutes: all of it.
    :param requests: that came.
    :param slow: that took more than a second.
    :param dropped: that the load balancer gave up.
    """

    minutes: tuple[Minute, ...]
    requests: float
    slow: float
    dropped: float


def run_web(
    service: Service,
    capacity: Capacity,
    load: Callable[[int], float],
    *,
    hours: int,
    give_up_seconds: float,
) -> WebRun:
    """The service under a load.

    :param load: second of the day -> requests per second.
    :param give_up_seconds: after which the load balancer answers 504.
    """
    scaler = Autoscaler(service)
    fleet = Fleet(scaler.desired)
    known: list[dict[str, float]] = []
    minutes: list[Minute] = []
    waiting = slow = dropped = total = 0.0
    for start in range(0, hours * 3600, 60):
        came = served = could = paid = latency = 0.0
        for now in range(start, start + 60, STEP_SECONDS):
            arriving = load(now) * STEP_SECONDS
            able = max(fleet.ready(now), 0) * capacity.requests_per_second * STEP_SECONDS
            done = min(waiting + arriving, able)
            waiting = waiting + arriving - done
            longest = able / STEP_SECONDS * give_up_seconds
            given_up = max(0.0, waiting - longest)
            waiting -= given_up
            latency = _latency(done, able, waiting, capacity)
            came, served, could = came + arriving, served + done, could + able
            paid += fleet.paid
            dropped += given_up
            slow += arriving - min(arriving, given_up) if latency > SLOW_SECONDS else 0.0
        total += came
        busy = 100 * served / could if could else 0.0
        tasks = fleet.ready(start + 60)
        known.append({CPU: busy, REQUESTS: came / max(1, tasks)})
        if len(known) > METRIC_DELAY_MINUTES:
            fleet.set(start + 60, scaler.minute(start + 60, known[-1 - METRIC_DELAY_MINUTES]))
        minutes.append(
            Minute(
                arriving=came / 60,
                tasks=tasks,
                paid=paid * STEP_SECONDS / 60,
                busy=busy,
                latency=latency,
                waiting=waiting,
            )
        )
    return WebRun(minutes=tuple(minutes), requests=total, slow=slow, dropped=dropped)


def _latency(done: float, able: float, waiting: float, capacity: Capacity) -> float:
    """Shared processor: twice as slow when half is in use; then whatever waits in front."""
    if not able:
        return float("inf")
    free = max(1 - done / able, 0.02)
    return capacity.seconds / free + waiting * STEP_SECONDS / able
