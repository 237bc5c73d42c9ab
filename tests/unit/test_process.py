"""Processes: commands, names, schedules, stop timeouts and scaling."""

from __future__ import annotations

import pytest

from django_cdk import OptionError, Scaling, Worker
from django_cdk.process import (
    celery_beat_command,
    celery_worker_command,
    check_command,
    check_name,
    check_schedule,
    check_stop_timeout,
    queue_workers,
)


def test_a_command_becomes_a_tuple_of_its_words() -> None:
    assert check_command("web_command", ["gunicorn", "blog.wsgi"]) == ("gunicorn", "blog.wsgi")


def test_a_command_of_one_word_is_enough() -> None:
    assert check_command("web_command", ["/start"]) == ("/start",)


def test_a_shell_line_is_refused_with_its_words() -> None:
    with pytest.raises(OptionError, match=r"\['python', 'manage.py'\].*swallow the stop signal"):
        check_command("web_command", "python manage.py")


def test_a_word_that_is_not_text_is_named() -> None:
    with pytest.raises(OptionError, match="8000 is no word of a command"):
        check_command("web_command", ["gunicorn", "-p", 8000])  # type: ignore[list-item]


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


def test_the_celery_worker_consumes_one_queue() -> None:
    assert celery_worker_command("blog.celery_app:app", "high")[3:6] == ("worker", "-Q", "high")


def test_beat_keeps_no_pid_file() -> None:
    assert "--pidfile=" in celery_beat_command("blog")


def test_queues_by_name_get_default_workers() -> None:
    workers = queue_workers("blog", ["high", "low"])

    assert list(workers) == ["high", "low"]
    assert workers["low"] == Worker(command=celery_worker_command("blog", "low"))


def test_no_queues_need_no_celery_application() -> None:
    assert queue_workers(None, []) == {}


@pytest.mark.parametrize(("fewest", "most", "fixed"), [(1, 1, True), (3, 3, True), (1, 2, False)])
def test_the_number_is_fixed_when_fewest_and_most_are_the_same(
    fewest: int, most: int, fixed: bool
) -> None:
    assert Scaling(min_count=fewest, max_count=most).fixed is fixed


@pytest.mark.parametrize(
    "scaling",
    [
        Scaling(),
        Scaling(max_count=5, cpu_percent=1),
        Scaling(min_count=2, max_count=2, cpu_percent=None),
    ],
)
def test_takes_scaling_of_a_worker(scaling: Scaling) -> None:
    scaling.check("workers['a'].scaling", "worker")


def test_takes_web_scaling_on_requests_alone() -> None:
    Scaling(max_count=9, cpu_percent=None, requests_per_target=500).check("web_scaling", "web")


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_refuses_a_cpu_target_outside_percent(percent: int) -> None:
    with pytest.raises(OptionError, match="cpu_percent lies between 1 and 100"):
        Scaling(max_count=2, cpu_percent=percent).check("web_scaling", "web")
