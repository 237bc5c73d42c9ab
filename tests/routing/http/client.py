"""Asking a local server over plain HTTP."""

from __future__ import annotations

import http.client
import socket

from tests.routing.http.message import HOP_BY_HOP, Headers, Request, Response

_SECONDS = 60


def fetch(port: int, request: Request) -> Response:
    """The answer of the server at this port. It is asked for exactly the request's headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in _sent(request):
            connection.putheader(name, value)
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        headers = Headers(item for item in answer.getheaders() if item[0].lower() not in HOP_BY_HOP)
        return Response(answer.status, headers, answer.read())
    finally:
        connection.close()


def connect(port: int, request: Request) -> socket.socket:
    """A connection to that server on which the request has been sent, for what it turns into."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    return connection


def _sent(request: Request) -> Headers:
    headers = Headers(item for item in request.headers if item[0].lower() not in HOP_BY_HOP)
    headers.remove("Content-Length")
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.add("Content-Length", str(len(request.body)))
    headers.add("Connection", "close")
    return headers
