"""Where a stack runs: what the pure functions are told beside the application."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp

Tls = Literal["acme", "given", "none"]

#: Paths that the application has when a front end stands beside it on the same domain.
BACKEND_PATHS = ("/api", "/admin", "/graphql", "/static", "/media")

# Names of the secrets of the services; no variable can have a hyphen, so none is an application's.
POSTGRES_SECRET = "service-postgres-password"  # noqa: S105 - names, not values
VALKEY_SECRET = "service-valkey-password"  # noqa: S105
PORTAINER_SECRET = "service-portainer-password"  # noqa: S105
TLS_CERTIFICATE_SECRET = "service-tls-certificate"  # noqa: S105
TLS_KEY_SECRET = "service-tls-key"  # noqa: S105

#: Names that no worker can have.
SERVICE_NAMES = ("router", "postgres", "valkey", "frontend", "portainer")

DATABASE_NAME = "django"
DATABASE_USER = "django"


@dataclass(frozen=True, kw_only=True)
class SwarmTarget:
    """One place with a docker swarm.

    ``host`` and values of the environment may hold ``${DOMAIN}``, which the deployment fills in;
    any other ``$`` stays as it is.

    :param host: domain, or address, under which browsers reach the application.
    :param tls: ``acme``: a certificate of Let's Encrypt; ``given``: the swarm secrets
        ``service-tls-certificate`` and ``service-tls-key``; ``none``: plain HTTP.
    :param acme_staging: ask Let's Encrypt's staging server, whose certificates no browser trusts,
        and which has no rate limits to speak of.
    :param environment: plain variables of the application.
    :param secrets: names of its secret variables.
    :param database: Postgres runs as a service.
    :param cache: Valkey runs as a service.
    :param data_directory: directory of the machine that takes all data. None: named volumes.
    :param media_path: path in the containers of the application that is kept on a volume.
    :param frontend: a front end's image (``${FRONTEND_IMAGE}``) has all other paths.
    :param backend_paths: the application's paths beside such a front end.
    :param portainer: Portainer runs at ``portainer.<host>``.
    """

    host: str
    tls: Tls = "acme"
    acme_staging: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()
    database: bool = True
    cache: bool = True
    data_directory: str | None = None
    media_path: str | None = None
    frontend: bool = False
    backend_paths: Sequence[str] = BACKEND_PATHS
    portainer: bool = False

    @property
    def service_secrets(self) -> tuple[str, ...]:
        """The secrets that the services beside the application need."""
        wanted = {
            POSTGRES_SECRET: self.database,
            VALKEY_SECRET: self.cache,
            PORTAINER_SECRET: self.portainer,
            TLS_CERTIFICATE_SECRET: self.tls == "given",
            TLS_KEY_SECRET: self.tls == "given",
        }
        return tuple(name for name, is_wanted in wanted.items() if is_wanted)

    def volume(self, name: str) -> str:
        """Where the data of a service lies: a directory, or a named volume."""
        return f"{self.data_directory}/{name}" if self.data_directory else name


def secret_variable(name: str) -> str:
    """Variable with the version of a secret that a deployment uses: ``SECRET_<NAME>``."""
    return "SECRET_" + name.replace("-", "_")


# Left alone: a value that CloudFormation fills in, as the CDK marks it in text, and the domain.
_DOLLAR = re.compile(r"\$(?!\{(Token\[|DOMAIN\}))")


def literal(text: str) -> str:
    """Text in which docker replaces no variable but ``${DOMAIN}``."""
    return _DOLLAR.sub("$$", text)


def check_application(app: DjangoApp) -> None:
    """Refuses what a swarm can't do.

    :raises OptionError: with the way out.
    """
    if app.scheduled:
        raise OptionError(
            "scheduled_commands",
            list(app.scheduled_commands),
            "a swarm has no scheduler: use use_celery_beat=True, or DjangoEcs.",
        )
    for process in app.processes:
        if process.name in SERVICE_NAMES or process.name.startswith("release-"):
            raise OptionError(
                "workers",
                process.name,
                f"the services {', '.join(SERVICE_NAMES)} and release-* have these names: take "
                "another.",
            )
        if process.scaling and process.scaling.backlog_per_task is not None:
            raise OptionError(
                f"scaling of worker {process.name!r}",
                process.scaling,
                "a swarm runs min_count tasks and counts no messages: leave backlog_per_task out, "
                "or use DjangoEcs.",
            )
