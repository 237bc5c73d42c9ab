"""What ends without warning: the container of a task, the machine of a database or a cache.

AWS's own ways (StopTask, RebootDBInstance) end things in order. Here the processes are killed from
outside, as by a lost machine; they are found by the logs that they write.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.emulator.server import Emulator, processes_of_session


def kill_container(emulator: Emulator, task: str) -> None:
    """SIGKILL to all processes of a task's one container; ECS has to find out by itself.

    :param task: its ARN.
    """
    (log,) = emulator.folder.logs.glob(f"task-{task.rsplit('/', 1)[-1]}-*.log")
    for process in _writing_to(emulator, log):
        # Its first process leads the group of all.
        if os.getpgid(process) == process:
            os.killpg(process, signal.SIGKILL)


@contextlib.contextmanager
def away(emulator: Emulator, identifier: str) -> Iterator[None]:
    """A database or cache whose machine is lost meanwhile; its disk, if it writes one, is not.

    :param identifier: of the instance or replication group.
    """
    (keeper, *_) = _writing_to(emulator, emulator.folder.logs / f"{identifier}.log")
    os.kill(keeper, signal.SIGUSR1)
    try:
        yield
    finally:
        os.kill(keeper, signal.SIGUSR2)


def _writing_to(emulator: Emulator, log: Path) -> list[int]:
    """The processes whose errors go to a log, first started first."""
    found = []
    for process in sorted(processes_of_session(emulator.session)):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{process}/fd/2").readlink() == log.resolve():
                found.append(process)
    assert found, f"nothing writes to {log}"
    return found
