"""Hands on every connection to an address to another one."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading

from tests.routing.http.server import join

Address = tuple[str, int]


class Relay:
    """Listens from its making until it is closed."""

    def __init__(self, here: Address, there: Address) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), socket.create_connection(there) as server:
                    join(self.request, server)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            allow_reuse_address = True

        self._server = Server(here, Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
