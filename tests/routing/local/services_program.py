"""Runs in the sample backend's own Python, in its folder: Postgres, Redis and S3 for a stack.

It starts those that are wanted with the backend's own test equipment, gives them the users and
passwords that the stack's secrets hold, and puts them behind one loopback address at the ports that
AWS uses. It prints one line of JSON when all answer, and ends when its standard input does. SIGUSR1
kills the servers as if their machine were lost, SIGUSR2 starts them again with what is on the disk.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis as redis_client
from _pytest.outcomes import OutcomeException
from psycopg import sql
from tests.equipment.postgres import Postgres, postgres
from tests.equipment.redis import TOKEN, Redis, redis
from tests.equipment.tls import Certificate


class MissingError(Exception):
    """A part that this machine lacks."""


class Outage:
    """What becomes of the servers when signals say so."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._servers: list[subprocess.Popen[bytes]] = []
        self._users: list[int] = []
        signal.signal(signal.SIGUSR1, lambda *_: self._kill())
        signal.signal(signal.SIGUSR2, lambda *_: self._start())

    def may_hit(self, server: subprocess.Popen[bytes]) -> None:
        self._servers.append(server)

    def _kill(self) -> None:
        self._users = [Path(f"/proc/{server.pid}").stat().st_uid for server in self._servers]
        for server in self._servers:
            # All at once: Postgres would tell its clients goodbye.
            for process in (server.pid, *_children(server.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            server.wait()

    def _start(self) -> None:
        self._servers = [
            subprocess.Popen(
                # The one thing that a server was told after its start.
                [(self._token or "") if one == TOKEN else one for one in server.args],
                user=user,
                stdin=subprocess.DEVNULL,
                # Standard output is for the one line of JSON.
                stdout=sys.stderr,
            )
            for server, user in zip(self._servers, self._users, strict=True)
        ]

    def close(self) -> None:
        """Ends those that nobody else knows of."""
        for server in self._servers if self._users else ():
            # Postgres would wait for its clients if it were terminated.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # After the name, which may hold anything: state, parent.
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _create_database(server: Postgres, wanted: dict[str, str]) -> None:
    """The user and the database as RDS makes them: an owner that is no superuser."""
    login = f"host={server.host} port={server.port} dbname=postgres user={server.username}"
    with psycopg.connect(login, password=server.password, autocommit=True) as connection:
        user, name = sql.Identifier(wanted["username"]), sql.Identifier(wanted["name"])
        password = sql.Literal(wanted["password"])
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(user, password))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, user))


def _set_token(server: Redis, token: str | None) -> None:
    client = redis_client.Redis(port=server.port, password=TOKEN)
    client.config_set("requirepass", token or "")
    client.close()


@contextlib.contextmanager
def _s3() -> Iterator[int]:
    # Takes a second to import, and not everybody wants it.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield server.get_host_and_port()[1]
    finally:
        server.stop()


@contextlib.contextmanager
def _at(address: str, port: int, target: int) -> Iterator[None]:
    """Hands on every connection to `address:port`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", target)) as server,
            ):
                back = threading.Thread(target=_copy, args=(server, self.request), daemon=True)
                back.start()
                _copy(self.request, server)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

    try:
        server = Server((address, port), Handler)
    except OSError as error:
        raise MissingError(
            f"{address}:{port}: {error}; macOS has no loopback but 127.0.0.1"
        ) from error
    with server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _database(wanted: dict[str, Any], certificate: Certificate, outage: Outage) -> Iterator[None]:
    with (
        postgres(certificate) as server,
        _at(wanted["address"], 5432, server.port),
    ):
        outage.may_hit(server.process)
        _create_database(server, wanted["database"])
        yield


@contextlib.contextmanager
def _cache(wanted: dict[str, Any], certificate: Certificate, outage: Outage) -> Iterator[None]:
    cache = wanted["cache"]
    with redis(certificate, Path(wanted["folder"])) as server:
        outage.may_hit(server.process)
        _set_token(server, cache["token"])
        with _at(wanted["address"], 6379, server.tls_port if cache["tls"] else server.port):
            yield


@contextlib.contextmanager
def _services(wanted: dict[str, Any]) -> Iterator[dict[str, int]]:
    """What there is to tell of them: the port of S3."""
    certificate = Certificate(Path(wanted["certificate"]), Path(wanted["key"]))
    outage = Outage(wanted.get("cache", {}).get("token"))
    with contextlib.ExitStack() as started:
        if "database" in wanted:
            started.enter_context(_database(wanted, certificate, outage))
        if "cache" in wanted:
            started.enter_context(_cache(wanted, certificate, outage))
        started.callback(outage.close)
        yield {"s3": started.enter_context(_s3())} if wanted.get("s3") else {}


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    try:
        with _services(json.loads(sys.stdin.readline())) as told:
            _say(**told)
            sys.stdin.read()
    except (OutcomeException, MissingError) as missing:
        _say(missing=str(missing))


if __name__ == "__main__":
    main()
