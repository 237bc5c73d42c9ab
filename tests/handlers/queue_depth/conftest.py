"""A Redis that wants a password and speaks TLS, as ElastiCache does."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from django_cdk.handlers.queue_depth.resp import Connection, connect
from tests.routing.local.process import accepts, free_port, running
from tests.routing.local.tls import make_certificate

PASSWORD = "token-of-the-cache"


@dataclass(frozen=True)
class Redis:
    """A server of its own, and a connection to it with which tests fill it."""

    port: int
    tls_port: int
    context: ssl.SSLContext
    connection: Connection

    def push(self, key: str, number: int = 1) -> None:
        for _ in range(number):
            self.connection.command("LPUSH", key, "{}")

    def take(self, queue: str, number: int = 1, **headers: Any) -> None:
        """What kombu writes down when a worker takes a message of this routing key."""
        for index in range(number):
            tag = f"{queue}-{headers}-{index}"
            message = {"body": "e30=", "headers": {"task": "t", **headers}, "properties": {}}
            value = json.dumps([message, "", queue])
            self.connection.command("HSET", "unacked", tag, value)

    def event(self, **changes: Any) -> dict[str, Any]:
        """What the publisher sends to the reader."""
        return {
            "Host": "127.0.0.1",
            "Port": str(self.tls_port),
            "Tls": True,
            "Password": PASSWORD,
            "Queues": [["mail"], ["images", "films"]],
        } | changes


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no Redis: apt-get install redis-server")
    folder = tmp_path_factory.mktemp("redis")
    certificate = make_certificate(folder, [], "127.0.0.1")
    port, tls_port = free_port(), free_port()
    options = {
        "port": port,
        "tls-port": tls_port,
        "tls-cert-file": certificate.certificate,
        "tls-key-file": certificate.key,
        "tls-auth-clients": "no",
        "bind": "127.0.0.1",
        "requirepass": PASSWORD,
        "dir": folder,
        "save": "",
    }
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    with (
        running(
            [program, *words],
            log=folder / "log",
            ready=lambda: accepts(tls_port),
            env={},
            cwd=Path(folder),
        ),
        connect("127.0.0.1", port, tls=False, password=PASSWORD) as connection,
    ):
        yield Redis(port, tls_port, context, connection)


@pytest.fixture
def redis(server: Redis) -> Redis:
    """The server, emptied."""
    server.connection.command("FLUSHALL")
    return server


@contextlib.contextmanager
def talking(answer: bytes) -> Iterator[int]:
    """The port of a server that says this to whoever comes, and hangs up when it is told more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                client, _ = listener.accept()
                with client:
                    client.recv(1024)
                    client.sendall(answer)
                    if not answer:
                        client.recv(1024)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(timeout=5)
