"""Processes: commands, names, schedules, stop timeouts and scaling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from django_cdk import OptionError, Scaling, Worker
from django_cdk.process import (
    ProcessKind,
    celery_beat_command,
    celery_worker_command,
    check_command,
    check_name,
    check_queues,
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


COUNTED = Scaling(min_count=0, max_count=5, cpu_percent=None, backlog_per_task=20)


@pytest.mark.parametrize(
    "scaling",
    [
        COUNTED,
        Scaling(max_count=5, backlog_per_task=1),
        replace(COUNTED, quiet_minutes=1),
        replace(COUNTED, quiet_minutes=1440),
    ],
)
def test_takes_scaling_of_a_worker_on_its_messages(scaling: Scaling) -> None:
    scaling.check("workers['a'].scaling", "worker")


@pytest.mark.parametrize(
    ("scaling", "kind", "remedy"),
    [
        (Scaling(min_count=0, max_count=2), "worker", "Only workers with backlog_per_task"),
        (Scaling(min_count=-1, max_count=2), "worker", "min_count starts at 1"),
        (Scaling(min_count=0), "web", "min_count starts at 1"),
        (COUNTED, "web", "min_count starts at 1"),
        (Scaling(max_count=2, backlog_per_task=5), "web", "backlog_per_task is for workers"),
        (replace(COUNTED, cpu_percent=60), "worker", "give cpu_percent=None with min_count=0"),
        (replace(COUNTED, max_count=0), "worker", "raise max_count"),
        (Scaling(backlog_per_task=5), "worker", "raise max_count"),
        (replace(COUNTED, backlog_per_task=0), "worker", "backlog_per_task is 1 or more"),
        (replace(COUNTED, quiet_minutes=0), "worker", "between 1 and 1440"),
        (replace(COUNTED, quiet_minutes=1441), "worker", "between 1 and 1440"),
        (Scaling(max_count=2, quiet_minutes=5), "worker", "does nothing without min_count=0"),
        (Scaling(max_count=2, cpu_percent=None), "worker", "a worker: backlog_per_task"),
    ],
)
def test_refuses_scaling_on_messages_that_can_t_work(
    scaling: Scaling, kind: ProcessKind, remedy: str
) -> None:
    with pytest.raises(OptionError, match=remedy):
        scaling.check("option", kind)


def test_a_queue_s_worker_is_scaled_on_that_queue() -> None:
    workers = queue_workers("blog", {"mail": Worker(scaling=COUNTED), "images": Worker()})

    assert workers["mail"].queues == ("mail",)
    assert workers["images"].queues == ()


def test_a_queue_s_worker_with_its_own_command_may_consume_others_too() -> None:
    worker = Worker(command=["./start"], scaling=COUNTED, queues=["mail", "films"])

    assert queue_workers("blog", {"mail": worker})["mail"].queues == ["mail", "films"]


def test_a_queue_s_worker_without_a_command_consumes_no_other_queue() -> None:
    with pytest.raises(OptionError, match="without a command it consumes the one queue"):
        queue_workers("blog", {"mail": Worker(scaling=COUNTED, queues=["films"])})


@pytest.mark.parametrize(
    ("worker", "remedy"),
    [
        (Worker(command=["a"], scaling=COUNTED), "give the names of the celery queues"),
        (Worker(command=["a"], queues=["mail"]), "does nothing without scaling="),
        (Worker(command=["a"], scaling=COUNTED, queues="mail"), r"give a list: \['mail'\]"),
        (Worker(command=["a"], scaling=COUNTED, queues=[""]), "'' is no name of a queue"),
    ],
)
def test_refuses_queues_that_say_nothing(worker: Worker, remedy: str) -> None:
    with pytest.raises(OptionError, match=remedy) as refused:
        check_queues("workers['a']", worker)

    assert refused.value.option == "workers['a'].queues"
