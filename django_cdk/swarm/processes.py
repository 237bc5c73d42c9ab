"""A process of the application as a swarm service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .health import ask_web
from .target import literal, secret_variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_cdk.app import DjangoApp
    from django_cdk.health_check import HealthCheck
    from django_cdk.process import Process

    from .target import SwarmTarget
    from .yaml import Yaml

#: Files that a deployment makes for the one image of the application; ``scripts/with_secrets.sh``
#: reads them in each container.
CONFIGS = ("with_secrets.sh", "image_words")
ROUTES = "routes.yml"
_CONFIG_DIRECTORY = "/django-cdk"
_WITH_SECRETS = ("/bin/sh", f"{_CONFIG_DIRECTORY}/with_secrets.sh")

# Between two looks at the state of a new task, and after the last of them.
_MONITOR = "20s"


def process_service(process: Process, app: DjangoApp, target: SwarmTarget) -> dict[str, Yaml]:
    """The service of a long-running process.

    Swarm does not scale by load: ``scaling.min_count`` tasks run.
    """
    count = process.scaling.min_count if process.scaling else 1
    # A second web task answers before the first one leaves. A second beat would send each task
    # twice, and a worker's memory may be there only once.
    order = "start-first" if process.kind == "web" else "stop-first"
    update: dict[str, Yaml] = {"parallelism": 1, "order": order, "monitor": _MONITOR}
    service = _container(process, app, target)
    service["stop_grace_period"] = f"{process.stop_timeout}s"
    if process.kind == "web":
        service["healthcheck"] = _web_check(app, target)
    if process.health_check:
        service["healthcheck"] = _command_check(process.health_check)
    service["deploy"] = {
        "replicas": count,
        "endpoint_mode": "dnsrr",
        "update_config": {**update, "failure_action": "rollback"},
        "rollback_config": {**update, "failure_action": "pause"},
        "restart_policy": {"condition": "any", "delay": "5s"},
        "resources": _resources(process),
    }
    return service


def release_service(process: Process, app: DjangoApp, target: SwarmTarget) -> dict[str, Yaml]:
    """The service of a release command: no task until the deployment asks for one, then one."""
    return {
        **_container(process, app, target),
        "deploy": {
            "replicas": 0,
            "endpoint_mode": "dnsrr",
            "restart_policy": {"condition": "none"},
            "resources": _resources(process),
        },
    }


def _container(process: Process, app: DjangoApp, target: SwarmTarget) -> dict[str, Yaml]:
    service: dict[str, Yaml] = {
        "image": "${IMAGE}",
        # Exports the secrets, then becomes the image's own entrypoint and command.
        "entrypoint": list(_WITH_SECRETS),
    }
    if process.command is not None:
        service["command"] = [literal(word) for word in process.command]
    if app.user is not None:
        service["user"] = app.user
    if app.stop_signal is not None:
        service["stop_signal"] = app.stop_signal
    if app.read_only_root_filesystem:
        service["read_only"] = True
        service["tmpfs"] = list(app.writable_paths)
    service["environment"] = environment(target.environment)
    service["secrets"] = [{"source": name, "target": name} for name in target.secrets]
    service["configs"] = [
        {"source": config_key(name), "target": f"{_CONFIG_DIRECTORY}/{name}"} for name in CONFIGS
    ]
    if target.media_path is not None:
        service["volumes"] = [f"{target.volume('media')}:{target.media_path}"]
    service["networks"] = ["backend"]
    # An image's own check is for its web process; workers from that image answer no requests.
    service["healthcheck"] = {"disable": True}
    return service


def environment(values: Mapping[str, str]) -> dict[str, Yaml]:
    """Plain variables, in which docker replaces nothing."""
    return {name: literal(value) for name, value in values.items()}


def config_key(file: str) -> str:
    """Name of a file of ``CONFIGS`` inside the stack file."""
    return file.partition(".")[0].replace("_", "-")


def configs(files: Sequence[str]) -> dict[str, Yaml]:
    """Files of containers. Docker never changes one, so each name has a hash of what is in it."""
    return {config_key(file): {"file": f"./{file}", "name": _config_name(file)} for file in files}


def _config_name(file: str) -> str:
    key = config_key(file)
    return f"${{STACK:-django}}-{key}-${{HASH_{key.replace('-', '_')}}}"


def secrets(target: SwarmTarget) -> dict[str, Yaml]:
    """The swarm secrets of a stack; a deployment may name another version of each."""
    return {
        name: {"external": True, "name": f"${{{secret_variable(name)}:-{name}}}"}
        for name in (*target.secrets, *target.service_secrets)
    }


def _web_check(app: DjangoApp, target: SwarmTarget) -> dict[str, Yaml]:
    return {
        "test": ask_web(
            port=app.port,
            path=app.health_check_path,
            host=target.host,
            codes=app.health_check_codes,
        ),
        "interval": "10s",
        "timeout": "5s",
        "retries": 3,
        "start_period": f"{app.health_check_grace}s",
    }


def _command_check(check: HealthCheck) -> dict[str, Yaml]:
    words = [literal(word) for word in check.command]
    return {
        "test": ["CMD", *_WITH_SECRETS, "--only-secrets", *words],
        "interval": f"{check.interval}s",
        "timeout": f"{check.timeout}s",
        "retries": check.retries,
        "start_period": f"{check.start_period}s",
    }


def _resources(process: Process) -> dict[str, Yaml]:
    return {
        "limits": {
            "cpus": f"{process.size.cpu / 1024:g}",
            "memory": f"{process.size.memory_mib}M",
        }
    }
