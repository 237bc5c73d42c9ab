"""The Lambda door inside the VPC: `queue_depth.reader.read`.

It reaches the cache and nothing else, so it holds no permission and is told the password by who
calls it. The event: `Host`, `Port`, `Tls`, `Password` (null: none) and `Queues`, a list of the
names of queues for each worker. The answer: for each worker `[waiting, in hand, later]`.
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .broker import count
from .resp import connect

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping


def read(event: Mapping[str, Any], _context: object) -> list[list[int]]:
    """Counts the messages of each worker's queues."""
    return read_with(event, context=None)


def read_with(event: Mapping[str, Any], *, context: ssl.SSLContext | None) -> list[list[int]]:
    """The same, trusting other authorities than the system's."""
    with connect(
        event["Host"],
        int(event["Port"]),
        tls=event["Tls"],
        password=event["Password"],
        context=context,
    ) as connection:
        counts = count(connection, event["Queues"], datetime.now(UTC))
    return [list(astuple(one)) for one in counts]
