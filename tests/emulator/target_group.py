"""The way of a load balancer's connections: to one healthy target after the other.

AWS's load balancers hand requests on; the emulator knows them as records only. A connection whose
target is gone goes to the next one, as a load balancer tries again before it answers 502 or 503.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from typing import Any

from tests.emulator.relay import Address, Relay

# Seconds for which an answer of the emulator is believed.
_FRESH = 0.5


class TargetGroup:
    """Listens on 127.0.0.1 from its making until it is closed.

    :param client: of elbv2.
    :param arn: the target group.
    :param port: where to listen; 0: anywhere.
    """

    def __init__(self, client: Any, arn: str, *, port: int = 0) -> None:
        self._client = client
        self._arn = arn
        self._turn = itertools.count()
        self._known: list[Address] = []
        self._asked = 0.0
        self._relay = Relay(("127.0.0.1", port), self.connect)
        self.port = self._relay.port

    def targets(self) -> list[Address]:
        """Where the healthy targets are."""
        if time.monotonic() - self._asked > _FRESH:
            answer = self._client.describe_target_health(TargetGroupArn=self._arn)
            self._known = [
                (one["Target"]["Id"], one["Target"]["Port"])
                for one in answer["TargetHealthDescriptions"]
                if one["TargetHealth"]["State"] == "healthy"
            ]
            self._asked = time.monotonic()
        return self._known

    def connect(self) -> socket.socket:
        """A connection to the target whose turn it is, or to the next that takes one.

        Raises:
            ConnectionRefusedError: none does.
        """
        targets = self.targets()
        first = next(self._turn)
        for number in range(len(targets)):
            with contextlib.suppress(OSError):
                return socket.create_connection(targets[(first + number) % len(targets)], 5)
        raise ConnectionRefusedError

    def close(self) -> None:
        self._relay.close()
