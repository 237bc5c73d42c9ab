"""Errors of the API are JSON, whatever raised them; elsewhere they are Django's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import csrf, defaults

JSON_PATHS = ("/api/", "/graphql/")


def _detail(request: HttpRequest, status: int, text: str) -> JsonResponse | None:
    if request.path_info.startswith(JSON_PATHS) or request.path_info == "/api":
        return JsonResponse({"detail": text}, status=status)
    return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _detail(request, 400, "Bad request.") or defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _detail(request, 404, "Not found.") or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return _detail(request, 500, "Server error.") or defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = f"CSRF check failed: {reason}"
    return _detail(request, 403, text) or csrf.csrf_failure(request, reason)
