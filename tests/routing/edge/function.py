"""A CloudFront Function, executed by Node.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.routing.http.message import Headers, Request, Response
from tools.node import node_executable

_RUNTIME = Path(__file__).with_name("function_runtime.js")
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
_LARGEST = 10 * 1024


class FunctionError(Exception):
    """The function raised; CloudFront answers 503."""


class EdgeFunction:
    """One function in a Node of its own, until `close`.

    Raises:
        ValueError: the code is larger than CloudFront takes.
        FunctionError: the code doesn't load.
    """

    def __init__(self, code: str) -> None:
        if len(code.encode()) > _LARGEST:
            message = f"the function has {len(code.encode())} bytes, CloudFront takes {_LARGEST}"
            raise ValueError(message)
        self._node = subprocess.Popen(
            [node_executable(), _RUNTIME],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._lock = threading.Lock()
        self._ask({"code": code})

    def __call__(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the handler returns for an event: a request to go on with, or a response."""
        result: Mapping[str, Any] = self._ask({"event": event})["result"]
        return result

    def close(self) -> None:
        self._node.stdin.close()  # type: ignore[union-attr]
        self._node.wait(timeout=10)
        self._node.stdout.close()  # type: ignore[union-attr]

    def _ask(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._lock:
            self._node.stdin.write(json.dumps(message) + "\n")  # type: ignore[union-attr]
            self._node.stdin.flush()  # type: ignore[union-attr]
            line = self._node.stdout.readline()  # type: ignore[union-attr]
        answer: Mapping[str, Any] = json.loads(line)
        if "error" in answer:
            raise FunctionError(answer["error"])
        return answer


def viewer_request(function: EdgeFunction, request: Request) -> Request | Response:
    """The request as the function hands it on, or the response it gives instead.

    Method, body and cookies are left as they are: no function of ours changes them.
    """
    event = event_of(request)
    result = function(event)
    if "statusCode" in result:
        headers = Headers(_fields(result.get("headers", {})))
        return Response(result["statusCode"], headers, _text(result.get("body", "")).encode())
    cookies = [(name, value) for name, value in request.headers if name.lower() == "cookie"]
    return Request(
        method=request.method,
        path=result["uri"],
        query=request.query
        if result["querystring"] == event["request"]["querystring"]
        else "&".join(f"{name}={value}" for name, value in _fields(result["querystring"])),
        headers=Headers([*_fields(result["headers"]), *cookies]),
        body=request.body,
        scheme=request.scheme,
        client=request.client,
    )


def event_of(request: Request) -> dict[str, Any]:
    """The event of a viewer request, in version 1.0."""
    cookies = [
        piece.strip().partition("=")
        for line in request.headers.all("Cookie")
        for piece in line.split(";")
    ]
    headers = [(name.lower(), value) for name, value in request.headers if name.lower() != "cookie"]
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": request.client},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": _values(_query(request.query)),
            "headers": _values(headers),
            "cookies": _values((name, value) for name, _, value in cookies),
        },
    }


def _query(query: str) -> list[tuple[str, str]]:
    # Kept as they were sent: CloudFront hands the function raw values.
    return [tuple(piece.partition("=")[::2]) for piece in query.split("&") if piece]  # type: ignore[misc]


def _values(items: Any) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        found.setdefault(name, []).append(value)
    return {
        name: {"value": values[0]}
        | ({"multiValue": [{"value": value} for value in values]} if len(values) > 1 else {})
        for name, values in found.items()
    }


def _fields(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, one["value"])
        for name, value in values.items()
        for one in value.get("multiValue", [value])
    ]


def _text(body: str | Mapping[str, str]) -> str:
    return body if isinstance(body, str) else body["data"]
