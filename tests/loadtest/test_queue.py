"""A worker and its queue, with the metrics that the library's own function puts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.simulation.applications import synthesize, worker_choices
from loadtest.simulation.policies import Service
from loadtest.simulation.queue import run_queue


@pytest.fixture(scope="module")
def to_zero() -> Service:
    service = synthesize(worker_choices(60))["min_count=0, backlog_per_task=60"].worker
    assert service is not None
    return service


def at(second: int, number: int) -> object:
    return lambda now: number if now == second else 0


def test_without_messages_the_worker_sleeps_after_its_quiet_minutes(to_zero: Service) -> None:
    found = run_queue(to_zero, 1, lambda now: 0, hours=1)

    assert [one.paid for one in found.minutes[:16]] == [1] * 15 + [0]


def test_one_message_wakes_it_within_three_minutes(to_zero: Service) -> None:
    found = run_queue(to_zero, 1, at(1800, 1), hours=1)

    assert found.minutes[29].paid == 0
    assert 0 < found.longest_wait <= 180
    assert found.minutes[-1].waiting == 0


def test_all_messages_are_done(to_zero: Service) -> None:
    found = run_queue(to_zero, 1, at(1800, 900), hours=3)

    assert found.messages == 900
    assert found.minutes[-1].waiting == 0


def test_a_pile_gets_as_many_tasks_as_its_backlog_asks_for(to_zero: Service) -> None:
    few = run_queue(to_zero, 1, at(1800, 150), hours=2)
    many = run_queue(to_zero, 1, at(1800, 900), hours=2)

    assert max(one.tasks for one in few.minutes) < max(one.tasks for one in many.minutes)
    assert max(one.tasks for one in many.minutes) == to_zero.most


def test_a_slow_task_is_not_cut_off(to_zero: Service) -> None:
    """One message takes an hour; the worker stays awake for it and goes afterwards."""
    found = run_queue(to_zero, 1 / 3600, at(1800, 1), hours=4)

    assert found.cut_off == 0
    assert found.minutes[80].tasks == 1
    assert found.minutes[-1].paid == 0


def test_a_worker_that_keeps_a_task_takes_the_message_at_once(to_zero: Service) -> None:
    awake = replace(to_zero, fewest=1, steps=())

    assert run_queue(awake, 1, at(1800, 1), hours=1).longest_wait < 10


def test_a_task_that_had_little_to_do_has_saved_nothing_up(to_zero: Service) -> None:
    awake = replace(to_zero, fewest=1, most=1, tracking=(), steps=())

    found = run_queue(awake, 1, lambda now: 600 if now == 3600 else 1, hours=2)

    assert found.longest_wait == pytest.approx(600, rel=0.05)
