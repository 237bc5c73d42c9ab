"""Liveness for load balancers, readiness for everything else that asks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

LIVENESS_PATH = "/api/health-check/"

logger = logging.getLogger(__name__)


class LivenessMiddleware:
    """Answers `/api/health-check/` before any other middleware sees the request.

    A load balancer probes by IP address over plain HTTP and cannot send another Host header, so
    Django would answer 400 (ALLOWED_HOSTS) or 301 (SECURE_SSL_REDIRECT). Nothing behind this
    process is asked: a database that is away must not make the orchestrator kill web containers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == LIVENESS_PATH and request.method in ("GET", "HEAD"):
            return JsonResponse({"status": "ok"})
        return self.get_response(request)


def ready(request: HttpRequest) -> JsonResponse:
    """200 when database and cache answer, else 503; says which of them does not."""
    checks = {"database": _answers(_ask_database), "cache": _answers(_ask_cache)}
    healthy = all(checks.values())
    body = {
        "status": "ok" if healthy else "unavailable",
        "checks": {name: "ok" if good else "unavailable" for name, good in checks.items()},
    }
    return JsonResponse(body, status=200 if healthy else 503)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.set("readiness", 1, timeout=10)
    if cache.get("readiness") != 1:
        raise RuntimeError("the cache forgot what it was given")


def _answers(ask: Callable[[], None]) -> bool:
    # Whatever the client library raises means the same here: not ready.
    try:
        ask()
    except Exception:
        logger.exception("readiness: %s failed", ask.__name__)
        return False
    return True
