"""A WebSocket server that tells with which headers it was reached, and repeats one message.

RFC 6455, as far as one short text in one frame needs it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socketserver
import struct
import threading
from collections.abc import Iterator

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT = 0x81


@contextlib.contextmanager
def echo() -> Iterator[int]:
    """The port of the server while it runs."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rfile.readline()
        headers = {}
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        digest = hashlib.sha1((headers["sec-websocket-key"] + _MAGIC).encode()).digest()  # noqa: S324
        self.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        self._say(json.dumps(headers))
        self._say(self._heard())

    def _heard(self) -> str:
        """One masked text frame of fewer than 126 bytes."""
        _, length = self.rfile.read(2)
        mask = self.rfile.read(4)
        data = self.rfile.read(length & 0x7F)
        return bytes(byte ^ mask[index % 4] for index, byte in enumerate(data)).decode()

    def _say(self, text: str) -> None:
        data = text.encode()
        length = (
            struct.pack(">B", len(data)) if len(data) < 126 else struct.pack(">BH", 126, len(data))
        )
        self.wfile.write(bytes([_TEXT]) + length + data)
