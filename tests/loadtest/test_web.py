"""A web service under a load, with capacities that are easy to reckon with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from loadtest.simulation.aws import TASK_START_SECONDS
from loadtest.simulation.fleet import Fleet
from loadtest.simulation.loads import day, messages, spike
from loadtest.simulation.policies import Service, Tracking
from loadtest.simulation.web import CPU, REQUESTS, Capacity, WebRun, run_web

TRACKING = Tracking(metric=CPU, target=60, out_seconds=60, in_seconds=300)
SERVICE = Service(fewest=1, most=4, tracking=(TRACKING,), steps=(), cpus=0.5, gib=1)
TEN = Capacity(requests_per_second=10, seconds=0.05)


def run(load: Callable[[int], float], service: Service = SERVICE, hours: int = 2) -> WebRun:
    return run_web(service, TEN, load, hours=hours, give_up_seconds=60)


def test_a_light_load_is_answered_by_one_task() -> None:
    found = run(lambda second: 5)

    assert {one.tasks for one in found.minutes} == {1}
    assert found.minutes[-1].busy == pytest.approx(50)
    assert found.minutes[-1].latency == pytest.approx(0.1)
    assert (found.slow, found.dropped) == (0, 0)


def test_a_load_above_the_target_gets_as_many_tasks_as_hold_it() -> None:
    found = run(lambda second: 20)

    assert found.minutes[-1].tasks == 4
    assert found.minutes[-1].busy == pytest.approx(50)


def test_what_one_task_can_t_do_waits_until_the_next_one_starts() -> None:
    found = run(lambda second: 15)

    assert max(one.waiting for one in found.minutes) > 0
    assert found.minutes[-1].waiting == 0
    assert found.slow > 0


def test_what_waits_for_longer_than_the_load_balancer_is_dropped() -> None:
    fixed = replace(SERVICE, most=1)

    found = run(lambda second: 20, fixed, hours=1)

    assert found.dropped == pytest.approx(20 * 3600 - 10 * 3600 - 10 * 60)


def test_every_request_is_answered_dropped_or_waits() -> None:
    found = run(spike(2, 50), hours=14)
    arrived = sum(one.arriving for one in found.minutes) * 60

    assert found.requests == pytest.approx(arrived)
    assert 0 < found.dropped < found.requests


def test_requests_as_a_signal_answer_a_spike_sooner() -> None:
    by_requests = replace(
        SERVICE, tracking=(TRACKING, replace(TRACKING, metric=REQUESTS, target=360))
    )
    load = spike(2, 30)

    assert run(load, by_requests, hours=14).slow < run(load, hours=14).slow


def test_after_the_load_the_tasks_go() -> None:
    found = run(spike(2, 20), hours=15)

    assert max(one.tasks for one in found.minutes) == 4
    assert found.minutes[-1].tasks == 1


def test_a_task_that_starts_costs_and_does_nothing_yet() -> None:
    fleet = Fleet(1)
    fleet.set(0, 3)

    assert (fleet.paid, fleet.ready(TASK_START_SECONDS - 1)) == (3, 1)
    assert fleet.ready(TASK_START_SECONDS) == 3


def test_the_youngest_tasks_go_first() -> None:
    fleet = Fleet(1)
    fleet.set(0, 3)
    fleet.set(10, 2)

    assert (fleet.paid, fleet.ready(10)) == (2, 1)


def test_a_day_is_quiet_at_four_and_busy_at_sixteen() -> None:
    load = day(10)

    assert load(4 * 3600) == pytest.approx(1)
    assert load(16 * 3600) == pytest.approx(10)
    assert load(0) == pytest.approx(load(24 * 3600))


def test_a_spike_lasts_half_an_hour() -> None:
    load = spike(1, 5)
    noon = 12 * 3600

    assert [load(noon + second) for second in (-1, 30, 60, 1799, 1800)] == [1, 3, 5, 5, 1]


def test_the_messages_of_a_day() -> None:
    assert sum(messages(second) for second in range(0, 24 * 3600, 10)) == 3000 + 3600
