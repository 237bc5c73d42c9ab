"""Application Auto Scaling as the simulation has it, a minute at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from loadtest.simulation.autoscaler import Autoscaler
from loadtest.simulation.policies import Service, Step, Tracking

CPU = Tracking(metric="cpu", target=60, out_seconds=60, in_seconds=300)
SERVICE = Service(fewest=1, most=10, tracking=(CPU,), steps=(), cpus=0.5, gib=1)
WAKE = Step(
    metrics=("asleep",), at_least=True, threshold=1, minutes=1, add=1, exact=None, seconds=180
)
SLEEP = Step(
    metrics=("waiting", "taken"),
    at_least=False,
    threshold=0,
    minutes=5,
    add=None,
    exact=0,
    seconds=180,
)
TO_ZERO = replace(
    SERVICE, fewest=0, tracking=(replace(CPU, metric="backlog", target=20),), steps=(WAKE, SLEEP)
)


def desired(service: Service, *values: float, metric: str = "cpu") -> list[int]:
    """Tasks asked for, after each minute with this value."""
    scaler = Autoscaler(service)
    return [scaler.minute(60 * index, {metric: value}) for index, value in enumerate(values)]


def test_starts_with_the_fewest_tasks() -> None:
    assert Autoscaler(replace(SERVICE, fewest=3)).desired == 3


def test_two_minutes_above_the_target_change_nothing() -> None:
    assert desired(SERVICE, 90, 90, 50) == [1, 1, 1]


def test_the_third_minute_above_it_adds_in_proportion() -> None:
    assert desired(SERVICE, 100, 100, 100) == [1, 1, 2]


def test_a_number_without_an_upper_bound_adds_all_at_once() -> None:
    """Requests can be five times the target; CPU use ends at 100 %."""
    assert desired(SERVICE, 300, 300, 300)[-1] == 5


def test_never_more_than_the_most() -> None:
    assert desired(SERVICE, *[9999] * 3)[-1] == 10


def test_what_was_added_counts_while_the_cooldown_lasts() -> None:
    slow = replace(SERVICE, tracking=(replace(CPU, out_seconds=300),))

    assert desired(slow, *[100] * 6) == [1, 1, 2, 2, 2, 2]


def test_after_the_cooldown_more_is_added() -> None:
    assert desired(SERVICE, *[100] * 5) == [1, 1, 2, 4, 7]


def after_three(service: Service, *values: float) -> list[int]:
    """The same, of a service that has grown to three tasks before."""
    return desired(service, 180, 180, 180, *[58] * 2, *values)[5:]


def test_fifteen_minutes_below_nine_tenths_of_the_target_take_tasks_away() -> None:
    assert after_three(SERVICE, *[30] * 15) == [3] * 14 + [2]


def test_fourteen_do_not() -> None:
    assert after_three(SERVICE, *[30] * 14, 56) == [3] * 15


def test_a_number_just_below_the_target_takes_nothing_away() -> None:
    assert after_three(SERVICE, *[55] * 30)[-1] == 3


def test_the_next_go_after_the_cooldown() -> None:
    found = after_three(SERVICE, *[1] * 25)

    assert found[13:15] == [3, 1]


def test_never_fewer_than_the_fewest() -> None:
    assert after_three(replace(SERVICE, fewest=2), *[0] * 40)[-1] == 2


def test_one_policy_that_does_not_agree_keeps_all() -> None:
    scaler = Autoscaler(replace(SERVICE, tracking=(CPU, replace(CPU, metric="requests"))))
    for minute in range(3):
        scaler.minute(60 * minute, {"cpu": 120, "requests": 0})
    for minute in range(3, 40):
        scaler.minute(60 * minute, {"cpu": 58, "requests": 0})

    assert scaler.desired == 2


def to_zero(minutes: Sequence[tuple[int, int]]) -> list[int]:
    """Tasks asked for after each minute with so many messages waiting and taken."""
    scaler = Autoscaler(TO_ZERO)
    found = []
    for index, (waiting, taken) in enumerate(minutes):
        values = {
            "waiting": waiting,
            "taken": taken,
            "backlog": max(waiting + taken, 0.01) / max(1, scaler.desired),
            "asleep": float(scaler.desired == 0 and waiting + taken > 0),
        }
        found.append(scaler.minute(60 * index, values))
    return found


def test_after_the_quiet_minutes_the_last_task_goes() -> None:
    assert to_zero([(0, 0)] * 5) == [1, 1, 1, 1, 0]


@pytest.mark.parametrize("busy", [(1, 0), (0, 1)])
def test_a_message_that_waits_or_is_taken_starts_the_quiet_minutes_anew(
    busy: tuple[int, int],
) -> None:
    assert to_zero([(0, 0)] * 4 + [busy] + [(0, 0)] * 4)[-1] == 1


def test_a_message_that_is_in_hand_keeps_its_task_for_hours() -> None:
    assert set(to_zero([(0, 1)] * 300)) == {1}


def test_the_first_message_wakes_one_task() -> None:
    assert to_zero([(0, 0)] * 5 + [(1, 0)])[-2:] == [0, 1]


def test_a_pile_of_messages_wakes_one_task_and_then_as_many_as_it_needs() -> None:
    found = to_zero([(0, 0)] * 5 + [(100, 0)] * 5)

    assert found[5:] == [1, 1, 5, 5, 5]
