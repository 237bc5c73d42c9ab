"""The emulator as tests see it: started when asked for, gone with all its children at the end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests

from tests.emulator.images import Images
from tests.emulator.launcher import ROOT
from tests.emulator.settings import REGION, ROOT_CREDENTIALS, Folder
from tests.routing.local.process import free_port

_SECONDS_TO_START = 60
_SECONDS_TO_END = 30


@dataclass(frozen=True)
class Emulator:
    """A running emulator.

    :param endpoint: where all its APIs are.
    :param folder: its state: published images, logs of tasks and servers, its own log.
    :param session: the session that all its processes are in; 0 if it was started elsewhere.
    """

    endpoint: str
    folder: Folder
    session: int = 0

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client of the account's root user."""
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=region, **ROOT_CREDENTIALS
        )

    @property
    def images(self) -> Images:
        """Its registry."""
        return Images(self.folder)


@contextlib.contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """An emulator with all its state in this folder, while it runs."""
    port = free_port()
    state = Folder(folder)
    state.make()
    with state.log.open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.emulator"),
                *("--port", str(port), "--folder", str(folder), "--tied"),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for pytest, which then ends this one in order.
            start_new_session=True,
        )
    emulator = Emulator(f"http://127.0.0.1:{port}", state, process.pid)
    try:
        _wait_until_ready(emulator, process)
        yield emulator
    finally:
        _end(process)


def _wait_until_ready(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            requests.get(f"{emulator.endpoint}/_ministack/health", timeout=5).raise_for_status()
            return
        time.sleep(0.05)
    raise AssertionError(f"the emulator is not ready:\n{emulator.folder.log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)
    for pid in processes_of_session(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def processes_of_session(session: int) -> list[int]:
    """The ids of all processes of a session."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # After the name, which may hold anything: state, parent, group, session.
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                found.append(int(status.parent.name))
    return found
