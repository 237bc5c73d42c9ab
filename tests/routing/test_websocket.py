"""WebSockets pass the distribution and the load balancer on a path of the backend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.routing.local.browser import chromium
from tests.routing.local.echo import echo
from tests.routing.local.tls import Certificate
from tests.routing.site import Ports, Site, site
from tests.routing.stack import DOMAIN, ORIGIN
from tests.routing.template import Deployed

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

TALK = """path => new Promise((resolve, reject) => {
  const heard = [];
  const socket = new WebSocket(`wss://${location.host}${path}`);
  socket.onmessage = event => {
    heard.push(event.data);
    if (heard.length === 1) socket.send("is anybody there?");
    if (heard.length === 2) { socket.close(); resolve(heard); }
  };
  socket.onerror = () => reject(new Error("refused"));
})"""


@pytest.fixture(scope="module")
def live(deployed: Deployed, ports: Ports, certificate: Certificate) -> Iterator[Site]:
    """The same distribution with a WebSocket server behind its load balancer."""
    with echo() as port, site(deployed, Ports(port, ports.s3), certificate) as running:
        yield running


@pytest.fixture
def page(playwright: Playwright, live: Site, certificate: Certificate) -> Iterator[Page]:
    with chromium(playwright, certificate, {f"{DOMAIN}:443": live.https}) as browser:
        page = browser.new_page(base_url=ORIGIN)
        page.goto("/about")
        yield page


def test_a_page_talks_to_a_websocket_of_the_backend(page: Page) -> None:
    page.evaluate("document.cookie = 'who=ann; secure'")

    reached, repeated = page.evaluate(TALK, "/api/live/")

    headers = json.loads(reached)
    assert repeated == "is anybody there?"
    assert headers["host"] == DOMAIN
    assert headers["origin"] == ORIGIN
    assert "who=ann" in headers["cookie"]
    assert headers["x-forwarded-proto"] == "https"
