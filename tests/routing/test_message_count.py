"""The count of messages agrees with celery itself: the sample's version of it, and a worker.

Here, because this suite has the sample's Python.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from django_cdk.handlers.queue_depth.broker import Count, count
from tests.handlers.queue_depth.conftest import (
    PASSWORD,
    Redis,
    redis,  # noqa: F401 - a fixture
    server,  # noqa: F401 - a fixture
)
from tests.routing.local.process import running
from tests.routing.local.sample import sample_python

TASKS = """
import os, time
from celery import Celery

app = Celery("count", broker=os.environ["BROKER"])
app.conf.worker_prefetch_multiplier = 1

@app.task(acks_late=True)
def late(done):
    while not os.path.exists(done):
        time.sleep(0.05)

@app.task
def early(done):
    while not os.path.exists(done):
        time.sleep(0.05)
"""


class Celery:
    """Sends tasks that last until `done` exists, and runs a worker of one process."""

    def __init__(self, broker: Redis, folder: Path) -> None:
        self.redis, self.folder = broker, folder
        self.done = folder / "done"
        (folder / "count_tasks.py").write_text(TASKS)
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "BROKER": f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def send(self, task: str, **options: object) -> None:
        program = f"import count_tasks as t; t.{task}.apply_async({[str(self.done)]}, **{options})"
        subprocess.run(
            [sample_python(), "-c", program],
            cwd=self.folder,
            env=self.environment,
            check=True,
            timeout=60,
        )

    def worker(self) -> object:
        log = self.folder / "worker.log"
        options = ["worker", "-Q", "mail", "--concurrency", "1", "--loglevel", "INFO"]
        return running(
            [sample_python(), "-m", "celery", "-A", "count_tasks", *options],
            log=log,
            ready=lambda: " ready." in log.read_text(errors="replace"),
            env=self.environment,
            cwd=self.folder,
        )

    def counted(self) -> Count:
        (found,) = count(self.redis.connection, [["mail"]], datetime.now(UTC))
        return found

    def becomes(self, expected: Count) -> bool:
        deadline = time.monotonic() + 30
        while self.counted() != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.counted() == expected


@pytest.fixture
def celery(redis: Redis, tmp_path: Path) -> Iterator[Celery]:  # noqa: F811
    made = Celery(redis, tmp_path)
    yield made
    made.done.touch()


def test_a_message_waits_whatever_its_priority(celery: Celery) -> None:
    for priority in (0, 2, 5, 9):
        celery.send("late", queue="mail", priority=priority)

    assert celery.counted() == Count(waiting=4)


def test_a_task_that_is_acknowledged_late_is_in_hand_until_it_is_done(celery: Celery) -> None:
    with celery.worker():
        celery.send("late", queue="mail")
        assert celery.becomes(Count(in_hand=1))
        celery.done.touch()
        assert celery.becomes(Count())


def test_a_task_that_is_acknowledged_early_is_seen_nowhere_while_it_runs(celery: Celery) -> None:
    """Why docs/scaling.md asks for task_acks_late before workers go down to none."""
    with celery.worker():
        celery.send("early", queue="mail")
        assert celery.becomes(Count())
        assert "received" in (celery.folder / "worker.log").read_text()
        assert "succeeded" not in (celery.folder / "worker.log").read_text()
        celery.done.touch()


def test_a_task_for_a_later_time_waits_in_the_worker_and_returns_when_it_ends(
    celery: Celery,
) -> None:
    with celery.worker():
        celery.send("late", queue="mail", countdown=3600)
        assert celery.becomes(Count(later=1))
    assert celery.becomes(Count(waiting=1))
