"""Celery's commands, and a worker for each queue."""

from __future__ import annotations

import pytest

from django_cdk import OptionError, Scaling, Worker
from django_cdk.celery import (
    celery_beat_command,
    celery_worker_command,
    check_queues,
    queue_workers,
)

COUNTED = Scaling(min_count=0, max_count=5, cpu_percent=None, backlog_per_task=20)


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
