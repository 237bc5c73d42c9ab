"""A proxy for package tools: the only way out of a machine, open while images are built."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

_TIMEOUT = 300


@contextlib.contextmanager
def way_out(address: str) -> Iterator[str]:
    """The URL of a proxy at this address of ours, for as long as it is needed."""
    server = _Server((address, 0), _Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{address}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        try:
            there = socket.create_connection((host, int(port)), timeout=_TIMEOUT)
        except OSError as error:
            return self.send_error(502, str(error))
        with there:
            self.send_response_only(200)
            self.end_headers()
            _join(self.connection, there)
        self.close_connection = True
        return None

    def do_GET(self) -> None:
        """A request for http://, passed on as it came: one for each connection."""
        url = urlsplit(self.path)
        headers = "".join(
            f"{name}: {value}\r\n"
            for name, value in self.headers.items()
            if name.lower() not in {"proxy-connection", "connection"}
        )
        path = url._replace(scheme="", netloc="").geturl() or "/"
        address = (str(url.hostname), url.port or 80)
        with socket.create_connection(address, timeout=_TIMEOUT) as there:
            there.sendall(
                f"{self.command} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode()
            )
            while piece := there.recv(1 << 16):
                self.wfile.write(piece)
        self.close_connection = True

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def _join(one: socket.socket, other: socket.socket) -> None:
    """Passes on what either says until one of them has nothing more to say."""
    while True:
        readable, _, _ = select.select([one, other], [], [], _TIMEOUT)
        if not readable:
            return
        for source in readable:
            piece = source.recv(1 << 16)
            if not piece:
                return
            (other if source is one else one).sendall(piece)
