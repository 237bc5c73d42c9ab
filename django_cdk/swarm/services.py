"""The services beside the application: Postgres, Valkey, a front end, Portainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import images
from .router import FRONTEND_PORT, PORTAINER_PORT
from .target import DATABASE_NAME, DATABASE_USER, PORTAINER_SECRET, POSTGRES_SECRET, VALKEY_SECRET

if TYPE_CHECKING:
    from .target import SwarmTarget
    from .yaml import Yaml

POSTGRES_HOST = "postgres"
POSTGRES_PORT = "5432"
VALKEY_HOST = "valkey"
VALKEY_PORT = "6379"

# `$$` is a dollar that docker leaves to the shell in the container. The password is in a file of
# memory only, never in a list of processes.
_START_VALKEY = """\
set -eu
umask 077
{
  printf 'requirepass %s\\n' "$$(cat /run/secrets/service-valkey-password)"
  echo 'dir /data'
  echo 'appendonly yes'
  echo 'maxmemory 384mb'
  echo 'maxmemory-policy volatile-lru'
} > /dev/shm/valkey.conf
chown valkey /dev/shm/valkey.conf 2>/dev/null || true
exec docker-entrypoint.sh valkey-server /dev/shm/valkey.conf
"""
_ASK_VALKEY = (
    'REDISCLI_AUTH="$$(cat /run/secrets/service-valkey-password)" valkey-cli ping | grep -q PONG'
)


def postgres_service(target: SwarmTarget) -> dict[str, Yaml]:
    """Postgres, its data kept, one at most."""
    return {
        "image": f"${{POSTGRES_IMAGE:-{images.POSTGRES}}}",
        "environment": {
            "POSTGRES_DB": DATABASE_NAME,
            "POSTGRES_USER": DATABASE_USER,
            "POSTGRES_PASSWORD_FILE": f"/run/secrets/{POSTGRES_SECRET}",
            # Below the mount, which may hold a lost+found of its own.
            "PGDATA": "/var/lib/postgresql/data/pgdata",
        },
        "secrets": [{"source": POSTGRES_SECRET, "target": POSTGRES_SECRET}],
        "volumes": [
            f"{target.volume('postgres')}:/var/lib/postgresql/data",
            # Parallel queries share memory there; docker's 64 MB are too few.
            {"type": "tmpfs", "target": "/dev/shm", "tmpfs": {"size": 268435456}},  # noqa: S108
        ],
        "healthcheck": {
            "test": ["CMD", "pg_isready", "-q", "-U", DATABASE_USER, "-d", DATABASE_NAME],
            "interval": "10s",
            "timeout": "5s",
            "retries": 6,
            "start_period": "60s",
        },
        "stop_grace_period": "120s",
        **_kept(memory="1024M"),
    }


def valkey_service(target: SwarmTarget) -> dict[str, Yaml]:
    """Valkey with a password, its queue kept over restarts."""
    return {
        "image": f"${{VALKEY_IMAGE:-{images.VALKEY}}}",
        "command": ["sh", "-c", _START_VALKEY],
        "secrets": [{"source": VALKEY_SECRET, "target": VALKEY_SECRET}],
        "volumes": [f"{target.volume('valkey')}:/data"],
        "healthcheck": {
            "test": ["CMD-SHELL", _ASK_VALKEY],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
        },
        "stop_grace_period": "30s",
        **_kept(memory="512M"),
    }


def frontend_service() -> dict[str, Yaml]:
    """The front end's image: answers on port 8080, and any path with its page."""
    update: dict[str, Yaml] = {"order": "start-first", "parallelism": 1, "monitor": "10s"}
    return {
        "image": "${FRONTEND_IMAGE}",
        "networks": ["backend"],
        "healthcheck": {
            "test": ["CMD-SHELL", f"wget -q -O /dev/null http://127.0.0.1:{FRONTEND_PORT}/"],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
        },
        "deploy": {
            "replicas": 1,
            "endpoint_mode": "dnsrr",
            "update_config": {**update, "failure_action": "rollback"},
            "rollback_config": {**update, "failure_action": "pause"},
            "restart_policy": {"condition": "any", "delay": "5s"},
            "resources": {"limits": {"cpus": "0.25", "memory": "128M"}},
        },
    }


def portainer_service(target: SwarmTarget) -> dict[str, Yaml]:
    """Portainer. It has the docker socket, so whoever gets in owns the machine."""
    return {
        "image": images.PORTAINER,
        "command": [
            "--host=unix:///var/run/docker.sock",
            f"--bind=:{PORTAINER_PORT}",
            f"--admin-password-file=/run/secrets/{PORTAINER_SECRET}",
        ],
        "secrets": [{"source": PORTAINER_SECRET, "target": PORTAINER_SECRET}],
        "volumes": [
            "/var/run/docker.sock:/var/run/docker.sock",
            f"{target.volume('portainer')}:/data",
        ],
        **_kept(memory="256M"),
    }


def _kept(*, memory: str) -> dict[str, Yaml]:
    """What holds for a service with data: one at most, where the data is."""
    return {
        "networks": ["backend"],
        "deploy": {
            "replicas": 1,
            "endpoint_mode": "dnsrr",
            "placement": {"constraints": ["node.role == manager"]},
            "update_config": {"order": "stop-first", "failure_action": "rollback"},
            "restart_policy": {"condition": "any", "delay": "5s"},
            "resources": {"limits": {"cpus": "1", "memory": memory}},
        },
    }
