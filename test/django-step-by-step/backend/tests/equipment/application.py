"""The application as it runs in production: its start script, its worker, its commands."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.equipment.process import accepts, free_port, running

BACKEND = Path(__file__).resolve().parents[2]


def clean_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Exactly these variables and what any process needs; nothing of the caller's."""
    programs = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    basics = {"PATH": programs, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
    return {**basics, **variables}


def run(arguments: Sequence[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=BACKEND,
        env=clean_environment(variables),
        capture_output=True,
        text=True,
        timeout=60,
    )


def manage(arguments: str, variables: Mapping[str, str]) -> str:
    """What `manage.py` printed; its error output is in the failure."""
    done = run([sys.executable, "manage.py", *arguments.split()], variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def web(variables: Mapping[str, str], log: Path) -> Iterator[str]:
    """The URL of the application, started as the image starts it."""
    port = free_port()
    environment = clean_environment({**variables, "PORT": str(port), "WEB_CONCURRENCY": "1"})
    with running(
        ["./scripts/start_prod.sh"],
        env=environment,
        cwd=BACKEND,
        log=log,
        ready=lambda: accepts(port),
    ):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def worker(variables: Mapping[str, str], log: Path) -> Iterator[None]:
    celery = [sys.executable, "-m", "celery", "-A", "backend.celery_app:app"]
    options = ["worker", "-Q", "celery", "--loglevel", "INFO", "--concurrency", "1"]
    with running(
        [*celery, *options],
        env=clean_environment(variables),
        cwd=BACKEND,
        log=log,
        ready=lambda: " ready." in log.read_text(errors="replace"),
    ):
        yield


@dataclass
class Browser:
    """A person's browser: keeps cookies and sends the CSRF token as the front end does."""

    url: str
    host: str = "localhost"
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, headers={"Host": self.host}, timeout=30)

    def post(self, path: str, **content: object) -> requests.Response:
        token = self.get("/api/csrf/").json()["csrfToken"]
        headers = {"Host": self.host, "X-CSRFToken": token}
        return self.session.post(self.url + path, headers=headers, timeout=30, **content)

    def sign_up(self, username: str) -> requests.Response:
        who = {"username": username, "password": "correct-horse-1"}
        return self.post("/api/auth/sign-up/", json=who)
