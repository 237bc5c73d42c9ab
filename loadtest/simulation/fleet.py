"""Tasks that take a while to start and leave at once."""

from __future__ import annotations

from .aws import TASK_START_SECONDS


class Fleet:
    """The tasks of a service.

    :param count: tasks that run from the start.
    """

    def __init__(self, count: int) -> None:
        self._ready_at = [0] * count

    def set(self, now: int, desired: int) -> None:
        """Starts what is missing; the youngest leave first."""
        missing = desired - len(self._ready_at)
        if missing > 0:
            self._ready_at += [now + TASK_START_SECONDS] * missing
        elif missing < 0:
            self._ready_at = sorted(self._ready_at)[:desired]

    def ready(self, now: int) -> int:
        """Tasks that do work."""
        return sum(at <= now for at in self._ready_at)

    @property
    def paid(self) -> int:
        """Tasks that cost money: those that start too."""
        return len(self._ready_at)
