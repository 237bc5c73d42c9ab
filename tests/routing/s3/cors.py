"""A bucket's CORS rules, as S3 applies them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any

from tests.routing.http.message import Headers, Request, Response

_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


class Cors:
    """The rules of one bucket, as its template lists them."""

    def __init__(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self._rules = rules

    def preflight(self, request: Request) -> Response:
        """What a browser's question before the request gets."""
        method = request.headers.get("Access-Control-Request-Method")
        wanted = request.headers.get("Access-Control-Request-Headers")
        rule = self._rule(request.headers.get("Origin"), method, wanted)
        if rule is None:
            return Response.text(403, "CORSResponse: This CORS request is not allowed.")
        response = Response(200)
        self._mark(response.headers, request, rule)
        response.headers.set("Access-Control-Allow-Methods", ", ".join(rule["AllowedMethods"]))
        if wanted:
            response.headers.set("Access-Control-Allow-Headers", wanted)
        if "MaxAge" in rule:
            response.headers.set("Access-Control-Max-Age", str(rule["MaxAge"]))
        return response

    def apply(self, request: Request, response: Response) -> None:
        """Lets the page that asked read the answer, where a rule does."""
        origin = request.headers.get("Origin")
        rule = self._rule(origin, request.method, "") if origin else None
        response.headers.remove(
            *(name for name, _ in response.headers if name.lower().startswith("access-control-"))
        )
        if rule is not None:
            self._mark(response.headers, request, rule)

    def _rule(self, origin: str, method: str, headers: str) -> Mapping[str, Any] | None:
        asked = [one.strip().lower() for one in headers.split(",") if one.strip()]
        for rule in self._rules:
            if (
                method in rule["AllowedMethods"]
                and _fits(origin, rule["AllowedOrigins"])
                and all(_fits(one, rule.get("AllowedHeaders", [])) for one in asked)
            ):
                return rule
        return None

    def _mark(self, headers: Headers, request: Request, rule: Mapping[str, Any]) -> None:
        everybody = "*" in rule["AllowedOrigins"]
        headers.set(
            "Access-Control-Allow-Origin", "*" if everybody else request.headers.get("Origin")
        )
        if not everybody:
            headers.set("Access-Control-Allow-Credentials", "true")
        if exposed := rule.get("ExposedHeaders"):
            headers.set("Access-Control-Expose-Headers", ", ".join(exposed))
        headers.set("Vary", _VARY)


def _fits(given: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(given.lower(), pattern.lower()) for pattern in patterns)
