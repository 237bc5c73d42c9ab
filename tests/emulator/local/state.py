"""What one local deployment has left in the background, kept in its folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.emulator.launcher import ROOT

_SECONDS_TO_END = 30


@dataclass(frozen=True)
class Background:
    """A process of the deployment that outlives the command which started it."""

    pid: int
    started: str
    told: Mapping[str, Any]

    @property
    def runs(self) -> bool:
        """Whether it is still there, and not another process with its number."""
        return _started(self.pid) == self.started

    def end(self) -> None:
        """Ask it to end, with all that it started; insist after a while."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.runs:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            deadline = time.monotonic() + _SECONDS_TO_END
            while self.runs and time.monotonic() < deadline:
                time.sleep(0.1)


@dataclass(frozen=True)
class State:
    """The folder of a local deployment.

    :param path: the folder; it goes when the last app is destroyed.
    """

    path: Path

    @property
    def emulator(self) -> Path:
        """The emulator's own folder."""
        return self.path / "emulator"

    @property
    def apps(self) -> list[str]:
        """The names of the apps that are deployed."""
        return sorted(file.stem for file in self.path.glob("apps/*.json"))

    def remember(self, app: str) -> None:
        """Note that an app is, or is about to be, deployed."""
        self._write(f"apps/{app}.json", {})

    def forget(self, app: str) -> None:
        """Note that an app is no longer deployed."""
        (self.path / f"apps/{app}.json").unlink(missing_ok=True)

    def background(self, name: str) -> Background | None:
        """The background process of that name, if it runs."""
        file = self.path / f"{name}.json"
        if not file.is_file():
            return None
        background = Background(**json.loads(file.read_text()))
        return background if background.runs else None

    def start(
        self, name: str, command: Sequence[str], told: Mapping[str, Any], **environment: str
    ) -> Background:
        """Start a process in the background; `told` is what others have to know about it."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C ends the command that waits, not what it started.
                start_new_session=True,
            )
        background = Background(process.pid, _started(process.pid), told)
        self._write(
            f"{name}.json",
            {"pid": background.pid, "started": background.started, "told": dict(told)},
        )
        return background

    def log_of(self, name: str) -> str:
        """The last lines that a background process printed."""
        log = self.path / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])

    def clear(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))


def _started(pid: int) -> str:
    """When a process started, in the system's own ticks; empty when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
