"""The protocol of Redis and Valkey (RESP 2), as much as counting needs.

https://redis.io/docs/latest/develop/reference/protocol-spec/
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

Reply = bytes | int | None | list["Reply"]
"""What a command answers with; simple strings are bytes too."""


class RespError(Exception):
    """The server refused a command, or what it says is not RESP."""


class Connection:
    """Sends commands over a socket that stands, and reads their answers."""

    def __init__(self, stream: socket.socket, answers: BinaryIO) -> None:
        self._socket = stream
        self._answers = answers

    def command(self, *words: str | bytes | int) -> Reply:
        """The answer to one command.

        :raises RespError: the server refuses it, or breaks off.
        """
        pieces = [one if isinstance(one, bytes) else str(one).encode() for one in words]
        head = b"*%d\r\n" % len(pieces)
        self._socket.sendall(head + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in pieces))
        return self._answer()

    def _answer(self) -> Reply:
        line = self._answers.readline()
        if not line.endswith(b"\r\n"):
            raise RespError("the server broke off in the middle of an answer")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RespError(rest.decode(errors="replace"))
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        raise RespError(f"{line[:40]!r} is not RESP: is this a Redis or Valkey?")

    def _bulk(self, length: int) -> bytes | None:
        if length < 0:
            return None
        found = self._answers.read(length + 2)
        if len(found) != length + 2:
            raise RespError("the server broke off in the middle of an answer")
        return found[:-2]


@contextlib.contextmanager
def connect(
    host: str,
    port: int,
    *,
    tls: bool,
    password: str | None,
    seconds: float = 5,
    context: ssl.SSLContext | None = None,
) -> Iterator[Connection]:
    """A connection that is authenticated.

    :param tls: speak TLS; certificate and host name are verified.
    :param password: AUTH token of the default user; None: none.
    :param seconds: how long to wait for each answer.
    :param context: trusts other authorities than the system's.
    :raises OSError: nobody answers, or not in time, or with another certificate.
    :raises RespError: the password is wrong.
    """
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(socket.create_connection((host, port), timeout=seconds))
        if tls:
            trust = context or ssl.create_default_context()
            stream = stack.enter_context(trust.wrap_socket(stream, server_hostname=host))
        connection = Connection(stream, stack.enter_context(stream.makefile("rb")))
        if password is not None:
            connection.command("AUTH", password)
        yield connection
