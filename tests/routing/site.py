"""A distribution of a stack, at work on this machine: what a viewer's connection meets."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.routing.edge.bucket import BucketOrigin
from tests.routing.edge.distribution import read_distribution
from tests.routing.edge.edge import Edge, Upstream
from tests.routing.edge.load_balancer import LoadBalancer
from tests.routing.http.message import Headers, Request, Response
from tests.routing.http.server import serving
from tests.routing.local.tls import Certificate
from tests.routing.template import Deployed


@dataclass(frozen=True)
class Ports:
    """Where the origins are on this machine."""

    load_balancer: int
    s3: int


@dataclass(frozen=True)
class Site:
    """A running distribution and the ports that stand for 443 and 80."""

    edge: Edge
    https: int
    http: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        scheme: str = "https",
        body: bytes = b"",
        **headers: str,
    ) -> Response:
        """What a viewer without a browser gets: no redirect followed, no cookie kept."""
        path, _, query = path.partition("?")
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        host = ("Host", self.edge.distribution.names[0])
        request = Request(method, path, query, Headers([host, *named]), body, scheme=scheme)
        return self.edge.answer(request)


def make_edge(
    deployed: Deployed, ports: Ports, *, clock: Callable[[], float] = time.monotonic
) -> Edge:
    """The distribution of a stack in front of these ports."""
    distribution = read_distribution(deployed)
    upstreams: dict[str, Upstream] = {
        origin.id: BucketOrigin(deployed, origin, port=ports.s3, source_arn=distribution.arn)
        if origin.is_bucket
        else LoadBalancer(deployed, port=ports.load_balancer)
        for origin in distribution.origins.values()
    }
    return Edge(distribution, upstreams, clock=clock)


@contextlib.contextmanager
def site(
    deployed: Deployed,
    ports: Ports,
    certificate: Certificate,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Site]:
    """The distribution of a stack, served with and without TLS."""
    edge = make_edge(deployed, ports, clock=clock)
    with (
        contextlib.closing(edge),
        serving(edge.answer, tls=certificate.server_context(), upgrade=edge.connect) as https,
        serving(edge.answer) as http,
    ):
        yield Site(edge, https, http)
