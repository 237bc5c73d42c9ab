"""docker compose for development: the application with everything it leans on, on a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import images
from .processes import environment
from .target import DATABASE_NAME, DATABASE_USER
from .yaml import dump

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_cdk.app import DjangoApp

    from .yaml import Yaml

_PASSWORD = "development-only"  # noqa: S105 - no secret, on nobody's server
_VITE_PORT = 5173


def compose_file(
    app: DjangoApp,
    *,
    backend: str,
    work_directory: str,
    frontend: str | None = None,
    variables: Mapping[str, str] | None = None,
    comment: str = "",
) -> str:
    """``docker-compose.yml``: live reload, Postgres, Valkey, a mail catcher, workers, Vite.

    :param app: the application.
    :param backend: its directory with the Dockerfile, as seen from the file.
    :param work_directory: where its code lies in the image; the directory is mounted there.
    :param frontend: directory of a front end with Vite. Default: none.
    :param variables: variables on top of those for the services.
    """
    shared = {
        "DEBUG": "1",
        "DATABASE_URL": f"postgres://{DATABASE_USER}:{_PASSWORD}@postgres:5432/{DATABASE_NAME}",
        "REDIS_URL": "redis://valkey:6379/0",
        "EMAIL_HOST": "mail",
        "EMAIL_PORT": "1025",
        **(variables or {}),
    }
    common: dict[str, Yaml] = {
        "build": {"context": backend, "dockerfile": app.dockerfile},
        # Whose the files are: what is uploaded or made belongs to the developer.
        "user": "${UID:-1000}:${GID:-1000}",
        "environment": environment(shared),
        "volumes": [f"{backend}:{work_directory}"],
    }
    services: dict[str, Yaml] = {
        "web": _web(app, common, with_frontend=frontend is not None),
        **{
            process.name: _background(list(process.command or ()), backend, common)
            for process in app.processes
            if process.kind != "web"
        },
        "migrate": {
            **common,
            "command": list(app.release[0].command or ()) if app.release else ["true"],
            "depends_on": {"postgres": {"condition": "service_healthy"}},
        },
        "postgres": _postgres(),
        "valkey": _valkey(),
        "mail": {"image": images.MAIL, "ports": ["127.0.0.1:8025:8025"]},
    }
    if frontend is not None:
        services["frontend"] = _frontend(frontend)
    volumes: dict[str, Yaml] = (
        {"postgres": {}, "node-modules": {}} if frontend else {"postgres": {}}
    )
    return dump({"services": services, "volumes": volumes}, comment=comment)


def _web(app: DjangoApp, common: Mapping[str, Yaml], *, with_frontend: bool) -> dict[str, Yaml]:
    ports: list[Yaml] = [f"127.0.0.1:{app.port}:{app.port}"]
    if with_frontend:
        ports.append(f"127.0.0.1:{_VITE_PORT}:{_VITE_PORT}")
    return {
        **common,
        # Django's own server: it starts again when a file changes.
        "command": ["python", "manage.py", "runserver", f"0.0.0.0:{app.port}"],
        "ports": ports,
        "depends_on": _ready(),
    }


def _background(command: list[str], backend: str, common: Mapping[str, Yaml]) -> dict[str, Yaml]:
    return {
        **common,
        "command": [*command],
        "depends_on": _ready(),
        # celery does not look at its files: `docker compose up --watch` starts it again.
        "develop": {"watch": [{"action": "restart", "path": backend}]},
    }


def _ready() -> dict[str, Yaml]:
    return {
        "migrate": {"condition": "service_completed_successfully"},
        "valkey": {"condition": "service_healthy"},
    }


def _postgres() -> dict[str, Yaml]:
    return {
        "image": images.POSTGRES,
        "environment": {
            "POSTGRES_DB": DATABASE_NAME,
            "POSTGRES_USER": DATABASE_USER,
            "POSTGRES_PASSWORD": _PASSWORD,
        },
        "volumes": ["postgres:/var/lib/postgresql/data"],
        "healthcheck": {
            "test": ["CMD", "pg_isready", "-q", "-U", DATABASE_USER, "-d", DATABASE_NAME],
            "interval": "2s",
            "timeout": "5s",
            "retries": 30,
        },
    }


def _valkey() -> dict[str, Yaml]:
    return {
        "image": images.VALKEY,
        "healthcheck": {
            "test": ["CMD", "valkey-cli", "ping"],
            "interval": "2s",
            "timeout": "5s",
            "retries": 30,
        },
    }


def _frontend(directory: str) -> dict[str, Yaml]:
    return {
        "image": images.NODE,
        "working_dir": "/app",
        "command": ["sh", "-c", f"npm ci && npm run dev -- --host 0.0.0.0 --port {_VITE_PORT}"],
        "volumes": [f"{directory}:/app", "node-modules:/app/node_modules"],
        # Vite passes /api on to 127.0.0.1, as it does without containers.
        "network_mode": "service:web",
        "depends_on": {"web": {"condition": "service_started"}},
    }
