"""Worker and beat leave word while they are at work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.equipment.application import BACKEND, clean_environment
from tests.equipment.process import running, wait_for
from tests.equipment.redis import Redis

CELERY = [sys.executable, "-m", "celery", "-A", "backend.celery_app:app"]


def commands(folder: Path) -> dict[str, list[str]]:
    schedule = ["-s", str(folder / "schedule"), "--pidfile="]
    return {"worker": ["worker", "--concurrency", "1"], "beat": ["beat", *schedule]}


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_the_file_is_touched_again_and_again(
    tmp_path: Path, redis_server: Redis, process: str
) -> None:
    alive, log = tmp_path / "alive", tmp_path / "log"
    environment = clean_environment({"REDIS_URL": redis_server.url, "ALIVE_FILE": str(alive)})
    command = [*CELERY, *commands(tmp_path)[process]]
    with running(command, env=environment, cwd=BACKEND, log=log, ready=alive.exists):
        alive.unlink()
        wait_for(alive.exists, log=log)
