"""CPU and memory of a process and its children, and the limit on them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtest import cpu

BUSY = "import time\nwhile True: pass"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="Linux alone tells so much of its processes"
)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", PARENT], start_new_session=True) as process:
        try:
            deadline = time.monotonic() + 20
            while len(cpu.process_tree(process.pid)) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            yield process
        finally:
            os.killpg(process.pid, 9)


def test_a_child_s_cpu_counts(parent: subprocess.Popen[bytes]) -> None:
    before = cpu.cpu_seconds(parent.pid)
    time.sleep(0.5)

    assert cpu.cpu_seconds(parent.pid) > before


def test_a_child_s_memory_counts(parent: subprocess.Popen[bytes]) -> None:
    (child,) = cpu.process_tree(parent.pid)[1:]

    assert cpu.memory_mib(parent.pid) > cpu.memory_mib(child) > 0


def test_where_groups_can_t_be_made_nothing_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "_ROOT", tmp_path / "nowhere")

    with cpu.cpu_limit(0.5) as words:
        assert words is None
