"""So much CPU and no more for a process, as Fargate gives it to a task; and how much it used."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_PERIOD = 100_000
_ROOT = Path("/sys/fs/cgroup")
# Fargate gives a task its CPU whatever others do: so many times the weight of another process.
_WEIGHT = 10
_TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def cpu_limit(cpus: float) -> Iterator[Sequence[str] | None]:
    """Words before a command that keep it to this many CPUs; None where only root may do that."""
    quota = int(cpus * _PERIOD)
    name = f"django-cdk-load-{os.getpid()}"
    if (_ROOT / "cgroup.controllers").exists():
        group = _ROOT / name
        settings = {"cpu.max": f"{quota} {_PERIOD}", "cpu.weight": str(100 * _WEIGHT)}
    else:
        group = _ROOT / "cpu" / name
        settings = {
            "cpu.cfs_period_us": str(_PERIOD),
            "cpu.cfs_quota_us": str(quota),
            "cpu.shares": str(1024 * _WEIGHT),
        }
    try:
        group.mkdir()
        for file, value in settings.items():
            (group / file).write_text(value)
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield None
        return
    try:
        enter = f'echo $$ > {group / "cgroup.procs"} && exec "$@"'
        yield ["/bin/sh", "-c", enter, "sh"]
    finally:
        group.rmdir()


def process_tree(pid: int) -> list[int]:
    """A process and its children, as Linux tells them."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            found += [int(child) for child in text.split()]
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and its living children have used."""
    return sum(_ticks(one) for one in process_tree(pid)) / _TICKS


def _ticks(pid: int) -> int:
    # The name, the second field, may hold spaces; utime and stime are the 14th and 15th.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def memory_mib(pid: int) -> float:
    """Memory of a process and its children; what they share counts once."""
    return sum(_pss(one) for one in process_tree(pid)) / 1024


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
