"""What the library knows of celery: its commands, and a worker for each queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .errors import OptionError, check_type
from .process import Worker


def check_queues(where: str, worker: Worker) -> tuple[str, ...]:
    """The queues whose length is a signal; refuses those of no use, and a signal without any."""
    option = f"{where}.queues"
    if isinstance(worker.queues, str):
        raise OptionError(option, worker.queues, f"give a list: [{worker.queues!r}].")
    queues = tuple(worker.queues)
    for queue in queues:
        if type(queue) is not str or not queue:
            raise OptionError(option, list(queues), f"{queue!r} is no name of a queue.")
    if queues and worker.scaling.backlog_per_task is None:
        raise OptionError(
            option, list(queues), "it does nothing without scaling=Scaling(backlog_per_task=...)."
        )
    if worker.scaling.backlog_per_task is not None and not queues:
        raise OptionError(
            option,
            list(queues),
            "give the names of the celery queues that its command consumes, as after -Q: their "
            "messages are the backlog.",
        )
    return queues


def celery_worker_command(celery_app: str, queue: str) -> tuple[str, ...]:
    """The celery command that consumes one queue."""
    return ("celery", "-A", celery_app, "worker", "-Q", queue, "--loglevel", "INFO")


def celery_beat_command(celery_app: str) -> tuple[str, ...]:
    """The celery command of the scheduler; its state goes to /tmp, the one writable place."""
    return (
        "celery",
        "-A",
        celery_app,
        "beat",
        "--loglevel",
        "INFO",
        "-s",
        "/tmp/celerybeat-schedule",  # noqa: S108 - a path in the container, not on this machine
        "--pidfile=",
    )


def queue_workers(
    celery_app: str | None, queues: Sequence[str] | Mapping[str, Worker]
) -> dict[str, Worker]:
    """One worker for each celery queue, with the celery command where none was given."""
    if queues and not celery_app:
        raise OptionError(
            "celery_queues", queues, "give celery_app too, for example 'backend.celery_app:app'."
        )
    if isinstance(queues, str):
        raise OptionError("celery_queues", queues, f"give a list: [{queues!r}].")
    named = queues if isinstance(queues, Mapping) else dict.fromkeys(queues, Worker())
    for queue, worker in named.items():
        remedy = "give a Worker: Worker(command=[...]), or Worker() for the celery command."
        check_type(f"celery_queues[{queue!r}]", worker, Worker, remedy)
        if worker.queues and worker.command is None:
            raise OptionError(
                f"celery_queues[{queue!r}].queues",
                list(worker.queues),
                "without a command it consumes the one queue it is named after: leave queues out.",
            )
    return {queue: _of_queue(str(celery_app), queue, worker) for queue, worker in named.items()}


def _of_queue(celery_app: str, queue: str, worker: Worker) -> Worker:
    counted = worker.scaling.backlog_per_task is not None
    return replace(
        worker,
        command=worker.command or celery_worker_command(celery_app, queue),
        queues=worker.queues or ((queue,) if counted else ()),
    )
