"""Processes: names, schedules and stop timeouts."""

from __future__ import annotations

import pytest

from django_cdk import OptionError
from django_cdk.process import check_name, check_schedule, check_stop_timeout


@pytest.mark.parametrize("name", ["a", "celery", "High-Priority_2", "x" * 40])
def test_takes_a_name_of_letters_digits_hyphens_and_underscores(name: str) -> None:
    assert check_name("workers", name) == name


@pytest.mark.parametrize("name", ["", "1st", "-a", "a.b", "a b", "a/b", "ä", "x" * 41])
def test_refuses_other_names(name: str) -> None:
    with pytest.raises(OptionError, match="starts with a letter, then up to 39"):
        check_name("workers", name)


@pytest.mark.parametrize("schedule", ["", "daily", "cron()", "every(1 hour)", "rate(1 hour) x"])
def test_refuses_what_scheduler_does_not_know(schedule: str) -> None:
    with pytest.raises(OptionError, match="EventBridge Scheduler expression"):
        check_schedule("schedule", schedule)


@pytest.mark.parametrize("seconds", [1, 30, 120])
def test_takes_the_stop_timeouts_of_fargate(seconds: int) -> None:
    assert check_stop_timeout("stop_timeout", seconds) == seconds


@pytest.mark.parametrize("seconds", [-1, 0, 121])
def test_refuses_stop_timeouts_that_aws_would_cut(seconds: int) -> None:
    with pytest.raises(OptionError, match="give 1 to 120 seconds"):
        check_stop_timeout("stop_timeout", seconds)
