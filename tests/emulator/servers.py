"""Postgres and Redis servers of this machine, each at a loopback address of its own.

They listen where AWS's do (5432, 6379) behind TLS, because templates name these ports.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tests.emulator.settings import Folder
from tests.routing.local.process import loopback_address
from tests.routing.local.services import services
from tests.routing.local.tls import make_certificate


@dataclass(frozen=True)
class Server:
    """A running server; closing `running` ends it."""

    address: str
    running: contextlib.ExitStack


class Servers:
    """All servers of one emulator, by the identifier of their AWS resource."""

    _current: ClassVar[Self | None] = None

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._running: dict[str, Server] = {}
        self._lock = threading.Lock()

    @classmethod
    def of_this_process(cls) -> Servers:
        assert cls._current is not None, "the launcher makes them"
        return cls._current

    @classmethod
    def make(cls, folder: Folder) -> Servers:
        """Those that `of_this_process` gives from now on."""
        cls._current = cls(folder)
        return cls._current

    def start_postgres(self, identifier: str, *, username: str, password: str, name: str) -> Server:
        """A Postgres with this user, who owns this database and is no superuser, as on RDS."""
        database = {"username": username, "password": password, "name": name}
        return self._start(identifier, {"database": database})

    def start_redis(self, identifier: str, *, tls: bool, token: str | None) -> Server:
        """A Redis that wants this token, if one is given."""
        return self._start(identifier, {"cache": {"token": token, "tls": tls}})

    def stop(self, identifier: str) -> None:
        """Ends a server and forgets its data; nothing if there is none."""
        with self._lock:
            server = self._running.pop(identifier, None)
        if server:
            server.running.close()

    def stop_all(self) -> None:
        for identifier in list(self._running):
            self.stop(identifier)

    def _start(self, identifier: str, what: Mapping[str, Any]) -> Server:
        address = loopback_address()
        folder = self._folder.path / "servers" / identifier
        # A stack that is deployed anew after a failure has a server of the same name again.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        certificate = make_certificate(folder, [], address)
        with self._lock, self._folder.certificates.open("a") as trusted:
            trusted.write(certificate.certificate.read_text())
        wanted = {
            "certificate": str(certificate.certificate),
            "key": str(certificate.key),
            "folder": str(folder),
            "address": address,
            **what,
        }
        running = contextlib.ExitStack()
        running.enter_context(services(wanted, self._folder.logs / f"{identifier}.log"))
        server = Server(address, running)
        with self._lock:
            self._running[identifier] = server
        return server
