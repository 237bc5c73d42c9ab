"""A developer's laptop: a machine with docker compose, and the sample's directory on it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.docker.blog import SAMPLE
from tests.docker.machine.images import disk_with_images
from tests.docker.machine.machine import Machine
from tests.docker.machine.root import machine_root
from tests.docker.machine.way_out import way_out

T = TypeVar("T")

_THERE = "/home/ann/django-step-by-step"
_PATIENCE = 240
# What the file that a developer has does not say: the way to npm's registry.
_OVERRIDE = """\
services:
  frontend:
    environment:
      HTTPS_PROXY: "{proxy}"
"""


@dataclass
class Laptop:
    """The machine; `docker compose` runs in the sample's directory."""

    machine: Machine

    def compose(self, *words: str) -> str:
        """What `docker compose` prints."""
        command = ("docker", "compose", "--file=docker-compose.yml", "--file=way-out.yml", *words)
        done = self.machine.run("env", f"--chdir={_THERE}", *command, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, url: str) -> str:
        """What a browser on the laptop gets, once there is an answer."""
        ask = ("curl", "--silent", "--show-error", "--fail", url)
        return self._first(lambda: self.machine.run(*ask), lambda done: done.returncode == 0).stdout

    def wait_for_json(self, url: str, expected: object) -> None:
        """Waits until a browser gets this; an older answer may come first."""
        self._first(lambda: self.json(url), lambda got: got == expected)

    def _first(self, ask: Callable[[], T], good: Callable[[T], bool]) -> T:
        """What is asked for again and again, once it is good."""
        end = time.monotonic() + _PATIENCE
        while not good(got := ask()):
            assert time.monotonic() < end, f"{got}\n{self.compose('logs', '--tail=20')}"
            time.sleep(1)
        return got

    def json(self, url: str) -> Any:
        return json.loads(self.get(url))


@contextlib.contextmanager
def new_laptop(folder: Path) -> Iterator[Laptop]:
    """A laptop on which `docker compose up` has been typed."""
    disk = folder / "disk"
    subprocess.run(["cp", "--sparse=always", disk_with_images(), disk], check=True)
    machine = Machine(machine_root(), disk)
    machine.start()
    try:
        ignored = shutil.ignore_patterns(
            "node_modules", "dist", "__pycache__", ".*_cache", "*.sqlite3"
        )
        there = machine.file(_THERE)
        shutil.copytree(SAMPLE, there, ignore=ignored)
        subprocess.run(["chown", "--recursive", "1000:1000", there], check=True)
        with way_out(machine.cable.ours) as proxy, machine.docker_started():
            machine.write(f"{_THERE}/way-out.yml", _OVERRIDE.format(proxy=proxy))
            laptop = Laptop(machine)
            proxies = [f"--build-arg={name}={proxy}" for name in ("http_proxy", "https_proxy")]
            laptop.compose("build", "--quiet", *proxies)
            laptop.compose("up", "--detach", "--quiet-pull")
            yield laptop
    finally:
        machine.stop()
