"""Fixtures of headless Chromium in front of a distribution, for every suite that has one.

A suite imports them and says itself what they ask for: `hosts`, all that the browser's Internet
consists of (`host:port` -> port here), and the `certificate` of its servers.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.routing.local.browser import chromium, screenshot_path
from tests.routing.local.tls import Certificate
from tests.routing.stack import ORIGIN

# Milliseconds.
_PATIENCE = 30_000


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # A loaded machine takes its time; what never comes is still found out.
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(
    playwright: Playwright, hosts: dict[str, int], certificate: Certificate
) -> Iterator[Browser]:
    with chromium(playwright, certificate, hosts) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's own window: no cookies, no cache, no service worker of others."""
    made = browser.new_context(base_url=ORIGIN)
    made.set_default_timeout(_PATIENCE)
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser wrote to the console as errors: scripts, policies, failed requests."""
    return []


@pytest.fixture
def page(
    context: BrowserContext, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    made = context.new_page()
    made.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    made.screenshot(path=screenshot_path(request.node.name))
