"""A local HTTP/1.1 server, with or without TLS, that answers out of a function."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.routing.http.message import HOP_BY_HOP, Headers, Request, Response

Answer = Callable[[Request], Response]
# Gives the connection that a WebSocket goes to, or an answer that refuses it.
Upgrade = Callable[[Request], socket.socket | Response]


@contextlib.contextmanager
def serving(
    answer: Answer,
    *,
    tls: ssl.SSLContext | None = None,
    upgrade: Upgrade | None = None,
    port: int = 0,
) -> Iterator[int]:
    """The port of the server while it runs; 0 gives it any."""

    class Handler(_Handler):
        pass

    Handler.answer = staticmethod(answer)
    Handler.upgrade = staticmethod(upgrade) if upgrade else None
    Handler.scheme = "https" if tls else "http"
    with _Server(("127.0.0.1", port), Handler) as server:
        server.tls = tls
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Connections that a browser keeps open must not hold up the end.
    block_on_close = False
    request_queue_size = 64
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """In the connection's own thread, so that a slow handshake stops nobody else."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with (
            contextlib.suppress(OSError),
            self.tls.wrap_socket(request, server_side=True) as wrapped,
        ):
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; what a handler raises is answered with 500."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Answer
    upgrade: Upgrade | None
    scheme: str

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        request = self._request()
        if request.upgrades and self.upgrade is not None:
            self._tunnel(self.upgrade(request))
            return
        try:
            response = self.answer(request)
        except Exception as error:
            response = Response.text(500, f"{type(error).__name__}: {error}")
        self._send(response, head=request.method == "HEAD")

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        return Request(
            method=self.command,
            path=path,
            query=query,
            headers=Headers(self.headers.items()),
            body=self._body(),
            scheme=self.scheme,
            client=self.client_address[0],
        )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)

    def _send(self, response: Response, *, head: bool) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        bodiless = response.status in (204, 304)
        if head and "Content-Length" in response.headers:
            self.send_header("Content-Length", response.headers.get("Content-Length"))
        elif not bodiless:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if not head and not bodiless:
            self.wfile.write(response.body)

    def _tunnel(self, target: socket.socket | Response) -> None:
        self.close_connection = True
        if isinstance(target, Response):
            self._send(target, head=False)
            return
        with target:
            join(self.connection, target)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a line per request would be most of a failure's output."""


def join(one: socket.socket, other: socket.socket) -> None:
    """Hand on what each side sends until both have ended."""
    back = threading.Thread(target=_copy, args=(other, one), daemon=True)
    back.start()
    _copy(one, other)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        source.settimeout(None)
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
