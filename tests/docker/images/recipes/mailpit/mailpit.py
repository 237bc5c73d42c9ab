#!/usr/bin/python3
"""A mail server that keeps everything, for as long as it runs."""

from __future__ import annotations

import email
import email.policy
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

MESSAGES: list[dict[str, Any]] = []


class Keep:
    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        MESSAGES.insert(
            0,
            {
                "Subject": str(message["Subject"]),
                "From": {"Address": envelope.mail_from},
                "To": [{"Address": address} for address in envelope.rcpt_tos],
            },
        )
        return "250 kept"


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/api/v1/messages"
        body = json.dumps({"total": len(MESSAGES), "messages": MESSAGES} if known else {}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# The first process of a container gets no signal that it has no handler for.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Controller(Keep(), hostname="0.0.0.0", port=1025).start()  # noqa: S104
ThreadingHTTPServer(("0.0.0.0", 8025), Api).serve_forever()  # noqa: S104
