"""How the kubelet asks the web process whether it started, is ready, is alive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_cdk.health_check import HealthCheck

    from .target import Manifest, Target

_PERIOD = 5
_TIMEOUT = 5


def probes(target: Target) -> Manifest:
    """Startup and readiness ask the health check path; liveness the port alone.

    A database that is away makes a pod unready. Restarting it would not bring the database back.
    """
    ready = _ready(target)
    timing = {"periodSeconds": _PERIOD, "timeoutSeconds": _TIMEOUT}
    failures = max(1, -(-target.app.health_check_grace // _PERIOD))
    return {
        "startupProbe": {**ready, **timing, "failureThreshold": failures},
        "readinessProbe": {**ready, **timing, "failureThreshold": 3},
        "livenessProbe": {
            "tcpSocket": {"port": "http"},
            "periodSeconds": 10,
            "timeoutSeconds": _TIMEOUT,
            "failureThreshold": 6,
        },
    }


def command_probes(check: HealthCheck) -> Manifest:
    """How a process that listens nowhere is asked whether it is alive.

    A first success ends the start period, as it does in docker.
    """
    probe = {
        "exec": {"command": list(check.command)},
        "periodSeconds": check.interval,
        "timeoutSeconds": check.timeout,
    }
    failures = check.retries + -(-check.start_period // check.interval)
    return {
        "startupProbe": {**probe, "failureThreshold": failures},
        "livenessProbe": {**probe, "failureThreshold": check.retries},
    }


def _ready(target: Target) -> Manifest:
    # The kubelet takes 200 to 399 for healthy and nothing else.
    if re.search(r"4\d\d", target.app.health_check_codes):
        return {"tcpSocket": {"port": "http"}}
    headers = [{"name": "Host", "value": target.probe_host}]
    if target.https:
        headers.append({"name": "X-Forwarded-Proto", "value": "https"})
    return {
        "httpGet": {
            "path": target.app.health_check_path,
            "port": "http",
            "scheme": "HTTP",
            "httpHeaders": headers,
        }
    }
