"""A web server that answers with the status it is told and remembers who was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


@pytest.fixture
def web_server() -> Iterator[tuple[int, list[str]]]:
    """Its port; and a list: the status to answer, then the hosts of the requests."""
    told: list[str] = ["200"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(str(self.headers["Host"]))
            self.send_response(int(told[0]))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, told
    server.shutdown()
    thread.join()
    server.server_close()
