"""What is measured: the mix of requests, and gunicorn's settings on tasks of two sizes."""

from __future__ import annotations

from dataclasses import asdict, dataclass

# Of 100 requests.
MIX = {"list": 60, "detail": 33, "create": 6, "log-in": 1}

#: As fast as they get answers.
SATURATING_VISITORS = 16
#: Part of the rate that a setting can do at which latency is measured: the default CPU target.
PART = 0.6


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One way to run the web process.

    :param cpus: CPUs of the task.
    :param worker_class: gunicorn's worker class.
    :param workers: processes.
    :param threads: threads of each.
    """

    cpus: float
    worker_class: str
    workers: int
    threads: int

    @property
    def variables(self) -> dict[str, str]:
        """As the sample's start script reads them."""
        return {
            "GUNICORN_WORKER_CLASS": self.worker_class,
            "WEB_CONCURRENCY": str(self.workers),
            "GUNICORN_THREADS": str(self.threads),
        }

    def as_dict(self) -> dict[str, float | str | int]:
        """For a file."""
        return asdict(self)


def _on(cpus: float, *settings: tuple[str, int, int]) -> list[Setting]:
    return [
        Setting(cpus=cpus, worker_class=kind, workers=workers, threads=threads)
        for kind, workers, threads in settings
    ]


SETTINGS = [
    *_on(
        0.5,
        ("sync", 2, 1),
        ("gthread", 1, 4),
        ("gthread", 1, 8),
        ("gthread", 2, 4),
        ("gthread", 2, 8),
        ("gthread", 4, 4),
    ),
    *_on(1.0, ("sync", 2, 1), ("gthread", 2, 4), ("gthread", 4, 4)),
]
