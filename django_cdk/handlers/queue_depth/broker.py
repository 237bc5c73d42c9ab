"""Celery's queues as kombu keeps them in Redis: what waits, and what a worker has taken.

A queue is a list, one more for each priority above 0. A message that a worker has taken stands in
one hash for all queues until it is acknowledged: with ``task_acks_late`` until the task is done,
else until a process of the worker begins it. Tasks for a later time (``eta``, ``countdown``) are
taken at once and stand there until it comes.

https://docs.celeryq.dev/projects/kombu/en/stable/reference/kombu.transport.redis.html
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .resp import Connection

UNACKED_KEY = "unacked"
# Priorities 0 to 9 are four lists: kombu rounds down to one of these.
PRIORITIES = (3, 6, 9)
SEPARATOR = "\x06\x16"

MOST_LOOKED_INTO = 1000
"""Messages taken but not acknowledged that are read for their queue. So many are tasks for a later
time; the rest is taken for such tasks of every queue: nobody goes to sleep over them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """The messages of some queues.

    :param waiting: in the queues.
    :param in_hand: taken by a worker, to be done now.
    :param later: taken by a worker, which keeps them for a later time.
    """

    waiting: int = 0
    in_hand: int = 0
    later: int = 0


def count(connection: Connection, groups: Sequence[Sequence[str]], now: datetime) -> list[Count]:
    """The messages of each group of queues."""
    in_hand, later, unread = _taken(connection, now)
    known = {queue for group in groups for queue in group}
    return [
        Count(
            waiting=sum(_waiting(connection, queue) for queue in group),
            in_hand=_of(in_hand, group, known),
            later=_of(later, group, known) + unread,
        )
        for group in groups
    ]


def _waiting(connection: Connection, queue: str) -> int:
    keys = [queue, *(f"{queue}{SEPARATOR}{priority}" for priority in PRIORITIES)]
    return sum(_number(connection.command("LLEN", key)) for key in keys)


def _of(taken: Counter[str], group: Iterable[str], known: set[str]) -> int:
    # A routing key that is no queue here may belong to any: better awake than asleep.
    elsewhere = sum(number for queue, number in taken.items() if queue not in known)
    return elsewhere + sum(taken[queue] for queue in set(group))


def _taken(connection: Connection, now: datetime) -> tuple[Counter[str], Counter[str], int]:
    in_hand: Counter[str] = Counter()
    later: Counter[str] = Counter()
    if total := _number(connection.command("HLEN", UNACKED_KEY)):
        for value in _values(connection):
            queue, waits = _look_into(value, now)
            (later if waits else in_hand)[queue] += 1
    read = in_hand.total() + later.total()
    return in_hand, later, max(0, total - read)


def _values(connection: Connection) -> Iterator[bytes]:
    """The hash's values, in pieces, up to the limit; a value that moves may come twice."""
    cursor, left = b"0", MOST_LOOKED_INTO
    while left > 0:
        answer: Any = connection.command("HSCAN", UNACKED_KEY, cursor, "COUNT", 100)
        cursor, pairs = answer
        values = pairs[1::2][:left]
        yield from values
        left -= len(values)
        if cursor == b"0":
            return


def _look_into(value: bytes, now: datetime) -> tuple[str, bool]:
    """The queue (routing key) of a message, and whether it is for a later time."""
    try:
        message, _exchange, routing_key = json.loads(value)
        eta = message["headers"].get("eta")
        return str(routing_key), bool(eta) and _moment(eta) > now
    except (ValueError, TypeError, KeyError, AttributeError):
        # Another producer's message: it counts, for everybody.
        return "", False


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(reply: object) -> int:
    return reply if isinstance(reply, int) else 0
