"""Headless Chromium that takes this machine for the Internet."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.routing.local.tls import Certificate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_executable() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium: apt-get install chromium")


@contextlib.contextmanager
def chromium(
    playwright: Playwright, certificate: Certificate, hosts: Mapping[str, int]
) -> Iterator[Browser]:
    """A Chromium with an empty profile.

    :param certificate: trusted by its key, so that every other error in TLS still is one.
    :param hosts: `host:port` -> port here; every other name does not exist.
    """
    rules = [f"MAP {host} 127.0.0.1:{port}" for host, port in hosts.items()]
    browser = playwright.chromium.launch(
        executable_path=chromium_executable(),
        args=[
            *_QUIET,
            f"--host-resolver-rules={', '.join([*rules, 'MAP * ~NOTFOUND'])}",
            f"--ignore-certificate-errors-spki-list={certificate.fingerprint}",
        ],
    )
    try:
        yield browser
    finally:
        browser.close()


def screenshot_path(test: str) -> Path:
    """Where the picture of a test goes: a build artifact, not committed."""
    folder = Path(__file__).parents[3] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', test).strip('-')}.png"
