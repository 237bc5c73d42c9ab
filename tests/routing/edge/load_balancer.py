"""An Application Load Balancer in front of a local port, with the HTTPS listener of the template.

What it does to a request:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""

from __future__ import annotations

import fnmatch
import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from tests.routing.http.client import connect, fetch
from tests.routing.http.message import Headers, Request, Response
from tests.routing.template import Deployed

_VALID_NAME = re.compile(r"[-A-Za-z0-9]+")


class LoadBalancer:
    """The only load balancer of a stack, at its listener for HTTPS.

    :param port: where the one target listens.
    """

    def __init__(self, deployed: Deployed, *, port: int) -> None:
        self._port = port
        listener_id, listener = _https_listener(deployed)
        rules = [
            rule["Properties"]
            for rule in deployed.of_type("AWS::ElasticLoadBalancingV2::ListenerRule").values()
            if rule["Properties"]["ListenerArn"] == {"Ref": listener_id}
        ]
        rules.sort(key=lambda rule: rule["Priority"])
        self._rules = [(deployed.value(one["Conditions"]), _only(one["Actions"])) for one in rules]
        self._default = _only(listener["DefaultActions"])
        _, balancer = deployed.one("AWS::ElasticLoadBalancingV2::LoadBalancer")
        attributes = balancer["Properties"]["LoadBalancerAttributes"]
        self._drops_invalid = {
            "Key": "routing.http.drop_invalid_header_fields.enabled",
            "Value": "true",
        } in attributes

    def fetch(self, request: Request) -> Response:
        refused = self._refusal(request)
        return refused or fetch(self._port, self._forwarded(request))

    def connect(self, request: Request) -> socket.socket | Response:
        """The way for a WebSocket, which load balancers hand on as it is."""
        refused = self._refusal(request)
        return refused or connect(self._port, self._forwarded(request))

    def _refusal(self, request: Request) -> Response | None:
        action = next(
            (
                action
                for conditions, action in self._rules
                if all(_holds(one, request) for one in conditions)
            ),
            self._default,
        )
        if action["Type"] == "forward":
            return None
        if action["Type"] == "fixed-response":
            fixed = action["FixedResponseConfig"]
            content_type = fixed.get("ContentType", "text/plain")
            return Response.text(int(fixed["StatusCode"]), fixed["MessageBody"], content_type)
        message = f"a listener action of type {action['Type']} is unknown here"
        raise LookupError(message)

    def _forwarded(self, request: Request) -> Request:
        headers = Headers(
            item
            for item in request.headers
            if not self._drops_invalid or _VALID_NAME.fullmatch(item[0])
        )
        before = headers.get("X-Forwarded-For")
        headers.set("X-Forwarded-For", f"{before}, {request.client}" if before else request.client)
        headers.set("X-Forwarded-Proto", "https")
        headers.set("X-Forwarded-Port", "443")
        return Request(request.method, request.path, request.query, headers, request.body)


def _https_listener(deployed: Deployed) -> tuple[str, Mapping[str, Any]]:
    listeners: Iterator[tuple[str, Mapping[str, Any]]] = (
        (name, one["Properties"])
        for name, one in deployed.of_type("AWS::ElasticLoadBalancingV2::Listener").items()
    )
    ((name, listener),) = [one for one in listeners if one[1]["Protocol"] == "HTTPS"]
    return name, listener


def _only(actions: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    (action,) = actions
    return action


def _holds(condition: Mapping[str, Any], request: Request) -> bool:
    if condition["Field"] != "http-header":
        message = f"a listener condition on {condition['Field']} is unknown here"
        raise LookupError(message)
    config = condition["HttpHeaderConfig"]
    return any(
        fnmatch.fnmatchcase(value.lower(), wanted.lower())
        for wanted in config["Values"]
        for value in request.headers.all(config["HttpHeaderName"])
    )
