"""The three files of a swarm deployment: pure functions of the application and its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .processes import CONFIGS, ROUTES, configs, process_service, release_service, secrets
from .router import router_service, routes
from .services import frontend_service, portainer_service, postgres_service, valkey_service
from .target import check_application
from .yaml import dump

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp

    from .target import SwarmTarget
    from .yaml import Yaml

RELEASE_PREFIX = "release-"

_VERSION = "3.8"


def stack_file(app: DjangoApp, target: SwarmTarget, *, comment: str = "") -> str:
    """``stack.yml``: everything that runs for long.

    :raises OptionError: the application asks for what a swarm does not have.
    """
    check_application(app)
    services: dict[str, Yaml] = {"router": router_service(target), **_data(target)}
    for process in app.processes:
        services[process.name] = process_service(process, app, target)
    if target.frontend:
        services["frontend"] = frontend_service()
    if target.portainer:
        services["portainer"] = portainer_service(target)
    return dump(_document(services, target, files=(*CONFIGS, ROUTES)), comment=comment)


def release_file(app: DjangoApp, target: SwarmTarget, *, comment: str = "") -> str:
    """``release.yml``: what release commands need, and each command, not started yet.

    It is deployed into the same stack first, so that on a new machine the database is there.
    """
    services = _data(target)
    for process in app.release:
        services[f"{RELEASE_PREFIX}{process.name}"] = release_service(process, app, target)
    return dump(_document(services, target, files=CONFIGS), comment=comment)


def routes_file(app: DjangoApp, target: SwarmTarget, *, comment: str = "") -> str:
    """``routes.yml``: the router's dynamic configuration."""
    return dump(routes(app, target), comment=comment)


def _data(target: SwarmTarget) -> dict[str, Yaml]:
    services: dict[str, Yaml] = {}
    if target.database:
        services["postgres"] = postgres_service(target)
    if target.cache:
        services["valkey"] = valkey_service(target)
    return services


def _document(
    services: dict[str, Yaml], target: SwarmTarget, *, files: tuple[str, ...]
) -> dict[str, Yaml]:
    document: dict[str, Yaml] = {
        # `docker stack deploy` asks for it; compose ignores it.
        "version": _VERSION,
        "services": services,
        "networks": {
            # attachable: a shell of one's own (`docker run --network`) reaches the services.
            "backend": {"driver": "overlay", "attachable": True}
        },
        "configs": configs(files),
        "secrets": _used(secrets(target), services),
    }
    volumes = _volumes(services, target)
    if volumes:
        document["volumes"] = volumes
    return document


def _used(defined: dict[str, Yaml], services: dict[str, Yaml]) -> dict[str, Yaml]:
    # A secret that no service of the file uses must not have to exist.
    text = repr(services)
    return {name: one for name, one in defined.items() if f"'source': '{name}'" in text}


def _volumes(services: dict[str, Yaml], target: SwarmTarget) -> dict[str, Yaml]:
    if target.data_directory:
        return {}
    text = repr(services)
    names = ("router", "postgres", "valkey", "portainer", "media")
    return {name: {} for name in names if f"'{name}:/" in text}
