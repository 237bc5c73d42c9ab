"""A load balancer with public addresses: through the distribution it answers, around it it does
not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.routing.edge.load_balancer import LoadBalancer
from tests.routing.http.message import Headers, Request
from tests.routing.local.naming import deployed_here
from tests.routing.local.tls import Certificate
from tests.routing.site import Ports, Site, site
from tests.routing.stack import DOMAIN, blog
from tests.routing.template import Deployed


@pytest.fixture(scope="module")
def public(dist: Path, address: str) -> Deployed:
    return deployed_here(blog(dist, load_balancer_access="public").body, address)


@pytest.fixture(scope="module")
def public_site(public: Deployed, ports: Ports, certificate: Certificate) -> Iterator[Site]:
    with site(public, ports, certificate) as running:
        yield running


def test_the_distribution_brings_the_secret_header(public_site: Site) -> None:
    answer = public_site.ask("/api/posts/")

    assert answer.status == 200
    assert answer.headers.get("Content-Type") == "application/json"


@pytest.mark.parametrize("guess", ["", "guessed"])
def test_who_comes_around_the_distribution_is_403(
    public: Deployed, ports: Ports, guess: str
) -> None:
    headers = Headers([("Host", DOMAIN), ("X-Origin-Verify", guess)])
    answer = LoadBalancer(public, port=ports.load_balancer).fetch(
        Request("GET", "/api/posts/", headers=headers)
    )

    assert answer.status == 403
    assert answer.body == b"This address is CloudFront's alone."


def test_a_viewer_can_not_bring_the_header_itself(public_site: Site) -> None:
    """CloudFront's own value takes the place of a viewer's."""
    assert public_site.ask("/api/posts/", X_Origin_Verify="guessed").status == 200
