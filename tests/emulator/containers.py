"""Containers as processes, behind the part of the docker SDK that ministack's ECS uses.

With it ministack's own life cycle of tasks and services runs unchanged. A container has an address
of its own, as a task on Fargate has: programs that take their port from PORT listen on a free one,
and the container's port at its address leads there.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.emulator.images import Image, Images
from tests.emulator.relay import Relay
from tests.emulator.settings import Folder
from tests.routing.local.process import free_port, loopback_address

#: Seconds between SIGTERM and SIGKILL where the task definition names none, as on ECS.
STOP_TIMEOUT = 30


class Container:
    """One process and what docker would tell of it."""

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        log: Path,
        container_port: int | None,
        stop_signal: str,
        stop_timeout: float,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.name = name
        self._stop_signal = signal.Signals[stop_signal]
        #: Seconds between the stop signal and SIGKILL.
        self.stop_timeout = stop_timeout
        self.address = loopback_address()
        self._log = log
        self._relay: Relay | None = None
        environment = dict(environment)
        if container_port is not None:
            port = free_port()
            environment["PORT"] = str(port)
            self._relay = Relay(
                (self.address, container_port),
                functools.partial(socket.create_connection, ("127.0.0.1", port)),
            )
        try:
            with log.open("wb") as output:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    cwd=folder,
                    # A group to kill with all that it started, in the emulator's session.
                    process_group=0,
                )
        except OSError:
            self._close()
            raise
        threading.Thread(target=self._bury, daemon=True).start()

    @property
    def attrs(self) -> dict[str, Any]:
        return {"NetworkSettings": {"Networks": {"tasks": {"IPAddress": self.address}}}}

    @property
    def status(self) -> str:
        return "running" if self._process.poll() is None else "exited"

    def reload(self) -> None:
        """The status is never stale."""

    def wait(self) -> dict[str, int]:
        """Waits for its end; a process that a signal ended has 128 and the signal, as in docker."""
        code = self._process.wait()
        return {"StatusCode": code if code >= 0 else 128 - code}

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """The stop signal to the first process, SIGKILL to all after the timeout."""
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def remove(self, *, v: bool = False, force: bool = False) -> None:
        """Kills it; its log stays."""
        self.kill()

    def logs(
        self,
        *,
        stream: bool = False,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        tail: int | None = None,
    ) -> Iterator[bytes] | bytes:
        """What it printed so far or, as a stream, whole lines until it ends."""
        if not stream:
            return b"".join(self._log.read_bytes().splitlines(keepends=True)[-(tail or 0) :])
        return self._lines()

    def _lines(self) -> Iterator[bytes]:
        with self._log.open("rb") as log:
            unfinished = b""
            while True:
                ended = self._process.poll() is not None
                text = unfinished + log.read()
                whole, _, unfinished = text.rpartition(b"\n")
                if whole:
                    yield whole
                if ended:
                    break
                time.sleep(0.05)
            if unfinished:
                yield unfinished

    def _bury(self) -> None:
        """When its first process ends, the rest of a container ends too."""
        self._process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._close()

    def _close(self) -> None:
        if self._relay:
            self._relay.close()


class Runtime:
    """The docker client that ministack's ECS is given: `containers` and `images`."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._images = Images(folder)
        self._containers: dict[str, Container] = {}
        self.containers = SimpleNamespace(get=self._containers.__getitem__, run=self._run)
        self.images = SimpleNamespace(
            get=self._images.pull, pull=self._pull, get_registry_data=self._registry_data
        )

    def kill_all(self) -> None:
        for container in list(self._containers.values()):
            container.kill()

    def _pull(self, name: str, **_options: Any) -> Any:
        self._images.pull(name)
        return SimpleNamespace(tag=lambda *_arguments, **_names: True)

    def _registry_data(self, name: str, **_options: Any) -> Any:
        self._images.pull(name)
        message = "images that are folders have no digest"
        raise LookupError(message)

    def _run(
        self,
        image_name: str,
        *,
        environment: Mapping[str, str],
        command: Sequence[str] | None,
        **options: Any,
    ) -> Container:
        image = self._images.pull(image_name)
        task = options["labels"]["com.amazonaws.ecs.task-arn"].rsplit("/", 1)[-1]
        container = Container(
            name=options["name"],
            command=_command(image, options.get("entrypoint"), command),
            environment={
                "PATH": f"{image.programs}:{os.environ['PATH']}",
                **image.environment,
                **environment,
            },
            folder=image.folder,
            log=self._folder.logs / f"task-{task}-{options['name'].rsplit('-', 1)[-1]}.log",
            container_port=options["container_port"],
            stop_signal=image.stop_signal,
            stop_timeout=options["stop_timeout"],
        )
        self._containers[container.id] = container
        return container


def _command(
    image: Image, entry_point: Sequence[str] | None, command: Sequence[str] | None
) -> list[str]:
    """As in docker, another entry point takes the image's command away too."""
    if entry_point:
        return [*entry_point, *(command or ())]
    return [*image.entry_point, *(command or image.command)]
