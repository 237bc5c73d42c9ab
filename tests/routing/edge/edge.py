"""The way of a request through CloudFront, from the viewer to the origin and back.

Played: names, path patterns, methods, viewer protocol, signatures, the viewer-request function,
the cache, what reaches the origin, error pages, response headers, conditional requests, WebSockets.
Not played: compression, ranges, HTTP/2 and 3, logs, WAF, quotas.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from tests.routing.edge.cache import Cache, Stored
from tests.routing.edge.distribution import Behavior, Distribution
from tests.routing.edge.function import EdgeFunction, FunctionError, viewer_request
from tests.routing.edge.origin_request import origin_request
from tests.routing.edge.signatures import RefusedError, TrustedKeys, without_signature
from tests.routing.http.message import Headers, Request, Response

_VIA = "1.1 stand-in.cloudfront.net (CloudFront)"
_SAFE = ("GET", "HEAD")


class Upstream(Protocol):
    """What an origin's requests are sent to."""

    def fetch(self, request: Request) -> Response:
        """The origin's answer."""


class Tunnel(Upstream, Protocol):
    """An origin that takes WebSockets, too."""

    def connect(self, request: Request) -> socket.socket | Response:
        """A connection on which the request has been sent, or an answer that refuses it."""


class Edge:
    """One distribution at work, until `close`.

    :param upstreams: id of an origin -> where its requests go.
    :param clock: seconds that pass; tests of expiry hand in their own.
    :param today: seconds since the epoch, for signatures.
    """

    def __init__(
        self,
        distribution: Distribution,
        upstreams: Mapping[str, Upstream],
        *,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], float] = time.time,
    ) -> None:
        self.distribution = distribution
        self.cache = Cache(clock)
        #: Every request and its answer, as access logs have them.
        self.log: list[tuple[Request, Response]] = []
        self._upstreams = upstreams
        self._keys = {
            one.pattern: TrustedKeys(one.keys, today) for one in distribution.behaviors if one.keys
        }
        self._functions = {
            one.pattern: EdgeFunction(one.function)
            for one in distribution.behaviors
            if one.function
        }

    def close(self) -> None:
        for function in self._functions.values():
            function.close()

    def answer(self, request: Request) -> Response:
        """What the viewer gets."""
        response = self._at_the_door(request) or self._routed(request)
        response.headers.set("Via", _VIA)
        response.headers.set("X-Amz-Cf-Id", uuid4().hex)
        answer = _conditional(request, response)
        self.log.append((request, answer))
        return answer

    def connect(self, request: Request) -> socket.socket | Response:
        """The way for a WebSocket: only where everything that the handshake needs is passed on.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html
        """
        behavior = self.distribution.behavior(request.path)
        refused = self._at_the_door(request)
        upstream = self._upstreams[behavior.origin]
        if refused or not behavior.origin_request.headers or not hasattr(upstream, "connect"):
            return refused or self.answer(request)
        origin = self.distribution.origins[behavior.origin]
        asked = origin_request(request, behavior.origin_request, origin)
        for name in ("Connection", "Upgrade"):
            asked.headers.set(name, request.headers.get(name))
        return upstream.connect(asked)  # type: ignore[no-any-return]

    def _at_the_door(self, request: Request) -> Response | None:
        """The answers for which no origin is asked."""
        behavior = self.distribution.behavior(request.path)
        if request.host not in self.distribution.names:
            return _error(403, "The request's Host is no alternate domain name here.")
        if request.scheme == "http" and behavior.protocol == "redirect-to-https":
            # Methods that change something are told to repeat themselves as they were.
            status = 301 if request.method in _SAFE else 307
            location = f"https://{request.host}{request.target}"
            return Response(
                status, Headers([("Location", location), ("X-Cache", "Redirect from cloudfront")])
            )
        if request.scheme == "http" and behavior.protocol == "https-only":
            return _error(403, "HTTPS only.")
        if request.method not in behavior.methods:
            return _error(403, "This distribution does not allow the HTTP request method.")
        return self._unsigned(behavior, request)

    def _unsigned(self, behavior: Behavior, request: Request) -> Response | None:
        keys = self._keys.get(behavior.pattern)
        try:
            if keys is not None:
                keys.check(request)
        except RefusedError as refused:
            return _error(403, f"<Error><Code>{refused}</Code></Error>", "application/xml")
        return None

    def _routed(self, request: Request) -> Response:
        behavior = self.distribution.behavior(request.path)
        if behavior.keys:
            path, _, query = without_signature(request).partition("?")
            request = replace(request, path=path, query=query)
        if function := self._functions.get(behavior.pattern):
            try:
                changed = viewer_request(function, request)
            except FunctionError as error:
                return _error(503, f"The CloudFront function failed: {error}")
            if isinstance(changed, Response):
                return changed
            request = changed
        if request.path == "/" and self.distribution.root_object:
            request = replace(request, path=f"/{self.distribution.root_object}")
        response = self._cached(behavior, request)
        response = self._error_page(request, response)
        if behavior.response_headers:
            behavior.response_headers.apply(response.headers)
        return response

    def _cached(self, behavior: Behavior, request: Request) -> Response:
        """From the cache while it is fresh, else from the origin."""
        if request.method not in _SAFE or not behavior.cache.caches:
            return _marked(self._from_origin(behavior, request), "Miss")
        if stored := self.cache.fresh(request.path):
            return self._hit(stored, "Hit")
        stale = self.cache.stale(request.path)
        asked = replace(request, headers=request.headers.copy(), method="GET")
        asked.headers.remove("If-None-Match", "If-Modified-Since")
        tag = stale.response.headers.get("ETag") if stale else ""
        response = self._from_origin(behavior, asked, if_none_match=tag)
        if stale and response.status == 304:
            self.cache.store(request.path, stale.response, behavior.cache)
            return self._hit(stale, "RefreshHit")
        self.cache.store(request.path, response, behavior.cache)
        return _marked(response, "Miss")

    def _hit(self, stored: Stored, word: str) -> Response:
        response = _marked(stored.response, word)
        response.headers.set("Age", str(self.cache.age(stored)))
        return response

    def _from_origin(
        self, behavior: Behavior, request: Request, *, if_none_match: str = ""
    ) -> Response:
        origin = self.distribution.origins[behavior.origin]
        asked = origin_request(request, behavior.origin_request, origin)
        if if_none_match:
            asked.headers.set("If-None-Match", if_none_match)
        try:
            return self._upstreams[behavior.origin].fetch(asked)
        except OSError as error:
            return _error(502, f"CloudFront can't reach {origin.domain_name}: {error}")

    def _error_page(self, request: Request, response: Response) -> Response:
        page = self.distribution.error_pages.get(response.status)
        if page is None:
            return response
        behavior = self.distribution.behavior(page.path)
        found = self._cached(behavior, replace(request, method="GET", path=page.path, body=b""))
        return Response(page.new_status, found.headers, found.body)


def _marked(response: Response, word: str) -> Response:
    """A copy that says where it came from, so that what is stored stays as it is."""
    headers = response.headers.copy()
    headers.set("X-Cache", f"{'Error' if response.status >= 400 else word} from cloudfront")
    return Response(response.status, headers, response.body)


def _conditional(request: Request, response: Response) -> Response:
    """Not modified, when the viewer has this version already."""
    tag = response.headers.get("ETag")
    known = [one.strip() for one in request.headers.get("If-None-Match").split(",")]
    if response.status == 200 and tag and request.method in _SAFE and tag in known:
        return Response(304, response.headers)
    return response


def _error(status: int, text: str, content_type: str = "text/html") -> Response:
    """An error of CloudFront's own: no origin and no response headers policy has part in it."""
    response = Response.text(status, text, content_type)
    response.headers.set("X-Cache", "Error from cloudfront")
    return response
