"""What the simulated days come to, in numbers that a file keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.costs.prices import PRICES

from .applications import Application, synthesize, web_choices, worker_choices
from .loads import HOURS, day, messages, spike
from .policies import Service
from .queue import QueueRun, run_queue
from .web import Capacity, Minute, WebRun, run_web

RESULTS = Path(__file__).parents[1] / "results"
MEASURED = RESULTS / "measured.json"
SIMULATED = RESULTS / "simulated.json"

#: Of the setting whose capacity is taken: the default of the sample's start script.
WORKERS, THREADS = 2, 4

#: The peaks, in multiples of what one default task can do.
DAY_PEAK, SPIKE_USUAL, SPIKE_PEAK = 1.8, 0.3, 1.5
#: A spike in which the defaults need all their tasks.
HIGH_PEAK = 2.2
#: Seconds after scaling out: another cooldown than the template's, to compare.
LONG_COOLDOWN = 180


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """All runs.

    :param days: choice -> its day.
    :param spikes: choice -> its day with a spike.
    :param queues: choice -> its worker's day.
    :param summary: the numbers to keep.
    """

    days: Mapping[str, WebRun]
    spikes: Mapping[str, WebRun]
    queues: Mapping[str, QueueRun]
    summary: Mapping[str, Any]


def measured() -> Mapping[str, Any]:
    """The results of the load test."""
    found: Mapping[str, Any] = json.loads(MEASURED.read_text())
    return found


def capacity_of(results: Mapping[str, Any], cpus: float) -> Capacity:
    """What one task of this size was measured to do."""
    (setting,) = (
        one
        for one in results["settings"]
        if (one["cpus"], one["workers"], one["threads"]) == (cpus, WORKERS, THREADS)
        and one["worker_class"] == "gthread"
    )
    # By CPU time: on a busy machine a task did not always get the CPU that Fargate would give it.
    at_most = 1000 * cpus / setting["cpu_ms_per_request"]
    # Its median at this part of its capacity; without others a request is so much faster.
    alone = setting["part"]["p50_ms"] / 1000 * (1 - results["part"])
    return Capacity(requests_per_second=round(at_most, 1), seconds=round(alone, 4))


def simulate(results: Mapping[str, Any]) -> Simulation:
    """A day, a spike and a day of messages, for each choice."""
    one_task = capacity_of(results, 0.5).requests_per_second
    per_minute = int(one_task * 60 * results["part"])
    web = synthesize(web_choices(per_minute))
    per_second = round(0.5 / (results["worker"]["cpu_ms_per_message"] / 1000), 2)
    backlog = max(1, round(60 * per_second))
    workers = synthesize(worker_choices(backlog))

    def run(load: Any) -> dict[str, WebRun]:
        return {
            name: run_web(
                one.web,
                capacity_of(results, one.web.cpus),
                load,
                hours=HOURS,
                give_up_seconds=one.give_up_seconds,
            )
            for name, one in web.items()
        }

    days = run(day(DAY_PEAK * one_task))
    spikes = run(spike(SPIKE_USUAL * one_task, SPIKE_PEAK * one_task))
    defaults = web["the defaults"]
    queues = {
        name: run_queue(one.worker, per_second, messages, hours=HOURS)
        for name, one in workers.items()
        if one.worker
    }
    summary = {
        "requests_per_second_of_one_task": one_task,
        "messages_per_second_of_one_task": per_second,
        "day": {name: _web(web[name].web, one) for name, one in days.items()},
        "spike": {name: _web(web[name].web, one) for name, one in spikes.items()},
        "cooldown": _cooldowns(defaults, capacity_of(results, defaults.web.cpus)),
        "queue": {name: _queue(workers[name].worker, one) for name, one in queues.items()},
    }
    return Simulation(days=days, spikes=spikes, queues=queues, summary=summary)


def _cooldowns(application: Application, capacity: Capacity) -> dict[str, dict[str, float]]:
    """The cooldown of the template, and one in which the metric sees what was added."""
    service = application.web
    given = service.tracking[0].out_seconds
    longer = tuple(replace(one, out_seconds=LONG_COOLDOWN) for one in service.tracking)
    one_task = capacity.requests_per_second
    found = {}
    for seconds, choice in ((given, service), (LONG_COOLDOWN, replace(service, tracking=longer))):
        quiet, busy = (
            run_web(
                choice, capacity, load, hours=HOURS, give_up_seconds=application.give_up_seconds
            )
            for load in (
                day(DAY_PEAK * one_task),
                spike(SPIKE_USUAL * one_task, HIGH_PEAK * one_task),
            )
        )
        found[f"{seconds} s"] = {
            "most_tasks_of_the_day": max(one.tasks for one in quiet.minutes),
            "dollars": _dollars(choice, quiet.minutes),
            "slow_minutes_of_the_spike": sum(one.latency > 1 for one in busy.minutes),
        }
    return found


def _web(service: Service, run: WebRun) -> dict[str, float]:
    return {
        "most_tasks": max(one.tasks for one in run.minutes),
        "slow_percent": round(100 * run.slow / run.requests, 2),
        "dropped_percent": round(100 * run.dropped / run.requests, 2),
        "slow_minutes": sum(one.latency > 1 for one in run.minutes),
        "longest_seconds": round(max(one.latency for one in run.minutes), 2),
        "dollars": _dollars(service, run.minutes),
    }


def _queue(service: Service | None, run: QueueRun) -> dict[str, float]:
    assert service is not None
    return {
        "most_tasks": max(one.tasks for one in run.minutes),
        "longest_wait_minutes": round(run.longest_wait / 60, 1),
        "minutes_without_task": sum(not one.paid for one in run.minutes),
        "cut_off": run.cut_off,
        "dollars": _dollars(service, run.minutes),
    }


def _dollars(service: Service, minutes: tuple[Minute, ...]) -> float:
    """Of Fargate, for the day."""
    cpu, memory = (PRICES[f"fargate.X86_64.{kind}"].dollars for kind in ("cpu", "memory"))
    hours = sum(one.paid for one in minutes) / 60
    return round(hours * (service.cpus * cpu + service.gib * memory), 2)
