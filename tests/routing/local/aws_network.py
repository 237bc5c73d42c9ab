"""The application's way to AWS: a proxy that leads every host name of S3 to the local door.

So the application keeps its production settings: no endpoint, virtual host names, TLS verified.
boto3 takes HTTPS_PROXY and asks it for CONNECT; no other host is let through.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
from collections.abc import Iterator

from tests.routing.http.server import join


@contextlib.contextmanager
def s3_proxy(region: str, port: int) -> Iterator[str]:
    """The proxy's URL while it runs; `port` is where the door of S3 listens."""
    allowed = re.compile(rf"CONNECT [a-z0-9.-]+\.s3\.{region}\.amazonaws\.com:443 ")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                line = self.rfile.readline().decode("latin-1")
                while self.rfile.readline().strip():
                    pass
                if not allowed.match(line):
                    self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                    return
                with socket.create_connection(("127.0.0.1", port)) as door:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    join(self.connection, door)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
