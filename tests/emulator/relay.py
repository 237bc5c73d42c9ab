"""Hands on every connection to an address to another one."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable

from tests.routing.http.server import join

Address = tuple[str, int]


class Relay:
    """Listens from its making until it is closed.

    :param here: where; port 0 is any.
    :param connect: gives the connection that the next one is joined with, or raises an OSError.
    """

    def __init__(self, here: Address, connect: Callable[[], socket.socket]) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), connect() as server:
                    join(self.request, server)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            allow_reuse_address = True
            request_queue_size = 64

        self._server = Server(here, Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
