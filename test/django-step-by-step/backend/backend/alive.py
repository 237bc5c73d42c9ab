"""What a worker and beat leave behind while they are at work: the age of a file.

A process that hangs still runs, and nobody replaces it. So its main loop touches the file named in
`ALIVE_FILE`, and the container's health check asks how old that is. Asking the worker itself
(`celery inspect ping`) would start Django each time. While the broker is away celery waits outside
that loop: a check has to bear a file that is as old as an outage may take.

Without `ALIVE_FILE`, as in development, nothing is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings

SECONDS = 5


def touch() -> None:
    """Says: the loop has come by."""
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()


class WorkerAlive(bootsteps.StartStopStep):
    """Touches the file from the worker's own timer."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        touch()
        self.timer = parent.timer.call_repeatedly(SECONDS, touch)

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


class Scheduler(PersistentScheduler):
    """Beat's usual scheduler, which touches the file at each look at its clock."""

    def tick(self, *arguments: Any, **options: Any) -> float:
        touch()
        return float(super().tick(*arguments, **options))
