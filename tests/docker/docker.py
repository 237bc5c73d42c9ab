"""The docker command, wherever its daemon is: images go in and out through pipes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


class DockerError(Exception):
    """A docker command failed; the message has what it printed last."""


class Docker:
    """The docker command.

    :param command: what stands before its words; the default talks to `DOCKER_HOST` or the socket.
    """

    def __init__(self, command: Sequence[str] = ("docker",)) -> None:
        self._command = tuple(command)

    def run(self, *words: str | Path, stdin: IO[bytes] | bytes | None = None) -> str:
        """What a command prints.

        Raises:
            DockerError: it failed.
        """
        given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        done = subprocess.run(
            [*self._command, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **({"stdin": subprocess.DEVNULL} if stdin is None else given),
        )
        printed = done.stdout.decode(errors="replace").strip()
        if done.returncode:
            message = f"docker {' '.join(map(str, words))}\n{printed[-3000:]}"
            raise DockerError(message)
        return printed

    def answers(self) -> bool:
        """Whether there is a daemon."""
        try:
            self.run("version", "--format", "{{.Server.Version}}")
        except (DockerError, OSError):
            return False
        return True

    def labels(self, image: str) -> Mapping[str, str] | None:
        """The labels of an image; None when there is no such image here."""
        try:
            found = self.run("image", "inspect", "--format", "{{json .Config.Labels}}", image)
        except DockerError:
            return None
        return dict(json.loads(found) or {})

    def build(
        self,
        context: Path,
        *tags: str,
        dockerfile: str = "Dockerfile",
        labels: Mapping[str, str] | None = None,
        proxy: str | None = None,
    ) -> None:
        """Builds a directory's Dockerfile, as it stands, with the network of the machine.

        :param proxy: the way to the package indexes. Default: this process's proxy variables.
        """
        proxies = {name: os.environ[name] for name in _PROXIES if name in os.environ}
        if proxy:
            proxies = {"http_proxy": proxy, "https_proxy": proxy}
        words = [f"--build-arg={name}={value}" for name, value in proxies.items()]
        words += [f"--label={name}={value}" for name, value in (labels or {}).items()]
        words += [f"--tag={tag}" for tag in tags]
        self.run(
            "build",
            "--network=host",
            f"--file={dockerfile}",
            *words,
            "-",
            stdin=_packed(context),
        )


def _packed(context: Path) -> bytes:
    packed = io.BytesIO()
    # Older clients know a tar file by its first 512 bytes, which in the newer format say nothing.
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(context, arcname=".")
    return packed.getvalue()
