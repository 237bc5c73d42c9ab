"""The single-page application behind the domain: its routes, its files, their caching."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.routing.microblog import MicroBlog
from tests.routing.site import Site
from tests.routing.stack import ORIGIN


def hashed_file(domain: Site) -> str:
    """The path of a script that index.html names."""
    found = re.search(rb'src="(/assets/[^"]+\.js)"', domain.ask("/").body)
    assert found
    return found[1].decode()


def test_a_deep_link_is_a_route_when_it_is_loaded_and_reloaded(page: Page) -> None:
    first = page.goto("/about")
    again = page.reload()

    assert first
    assert first.status == 200
    assert again
    assert again.status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("not-found")).to_have_count(0)


def test_a_post_can_be_linked_to(page: Page) -> None:
    blog = MicroBlog(page)
    blog.sign_up()
    link = blog.post("a post with an address").get_by_test_id("post-link").get_attribute("href")

    page.goto(str(link))

    assert re.fullmatch(rf"{ORIGIN}/posts/\d+", page.url)
    expect(page.get_by_test_id("post-body")).to_have_text("a post with an address")


def test_an_unknown_address_is_the_applications_own_not_found_page(page: Page) -> None:
    page.goto("/nowhere/at/all")

    expect(page.get_by_test_id("not-found")).to_be_visible()


def test_a_missing_hashed_file_is_404_and_not_the_application(domain: Site) -> None:
    answer = domain.ask("/assets/index-gone.js")

    assert answer.status == 404
    assert b"<!doctype html>" not in answer.body


def test_a_hashed_file_is_kept_for_a_year(domain: Site) -> None:
    answer = domain.ask(hashed_file(domain))

    assert answer.headers.get("Cache-Control") == "public, max-age=31536000, immutable"
    assert answer.headers.get("Content-Type") == "text/javascript"


@pytest.mark.parametrize(
    "path", ["/", "/posts/5", "/index.html", "/sw.js", "/manifest.webmanifest"]
)
def test_what_names_the_hashed_files_is_asked_for_on_every_load(domain: Site, path: str) -> None:
    answer = domain.ask(path)

    assert answer.status == 200
    assert answer.headers.get("Cache-Control") == "no-cache"


def test_a_browser_asks_for_the_index_again_and_not_for_hashed_files(
    browser: Browser, domain: Site
) -> None:
    # Without a service worker, so that it is HTTP's cache that is seen.
    context = browser.new_context(base_url=ORIGIN, service_workers="block")
    page = context.new_page()
    page.goto("/about", wait_until="networkidle")
    asset = hashed_file(domain)
    before = len(domain.edge.log)

    page.goto("/about", wait_until="networkidle")

    again = {request.path: answer.status for request, answer in domain.edge.log[before:]}
    context.close()
    assert again["/about"] == 304
    assert asset not in again


def test_the_service_worker_takes_over_and_leaves_the_backend_alone(page: Page) -> None:
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()

    assert page.evaluate("navigator.serviceWorker.controller !== null")
    answer = page.goto("/admin/login/")
    assert answer
    assert not answer.from_service_worker
    assert "Django" in page.title()


def test_a_page_loads_without_a_complaint_of_the_browser(page: Page, complaints: list[str]) -> None:
    page.goto("/", wait_until="networkidle")

    assert complaints == []


def test_pages_carry_the_security_headers(domain: Site) -> None:
    headers = domain.ask("/about").headers

    assert headers.get("Strict-Transport-Security") == "max-age=31536000"
    assert headers.get("X-Content-Type-Options") == "nosniff"
    assert headers.get("X-Frame-Options") == "SAMEORIGIN"
    assert headers.get("Referrer-Policy") == "strict-origin-when-cross-origin"
    assert headers.get("Content-Security-Policy").startswith("default-src 'none'; script-src")


@pytest.mark.parametrize("path", ["/", "/about", "/admin/", "/api/docs/"])
def test_plain_http_ends_at_https_after_a_few_redirects(page: Page, path: str) -> None:
    answer = page.goto(f"http://{ORIGIN.removeprefix('https://')}{path}")

    assert answer
    assert answer.status == 200
    assert page.url.startswith(f"{ORIGIN}/")
    hops, request = 0, answer.request
    while request.redirected_from:
        hops, request = hops + 1, request.redirected_from
    assert hops <= 2
