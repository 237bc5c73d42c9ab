"""Signing up and logging in: an HttpOnly cookie of the API works, for there is one domain only."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.routing.microblog import MicroBlog
from tests.routing.site import Site
from tests.routing.stack import DOMAIN, ORIGIN


def test_signing_up_logs_in(page: Page, complaints: list[str]) -> None:
    blog = MicroBlog(page)

    username = blog.sign_up()

    page.goto("/")
    expect(blog.part("current-user")).to_contain_text(username)
    assert complaints == []


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_plain_http(
    page: Page, context: BrowserContext
) -> None:
    blog = MicroBlog(page)
    username = blog.sign_up()
    blog.log_out()
    blog.log_in(username)

    (session,) = [one for one in context.cookies() if one["name"] == "sessionid"]
    assert session["httpOnly"]
    assert session["secure"]
    assert session["domain"] == DOMAIN
    assert session["sameSite"] == "Lax"
    assert "sessionid" not in page.evaluate("document.cookie")


def test_the_session_cookie_reaches_the_api_on_the_same_domain(page: Page, domain: Site) -> None:
    blog = MicroBlog(page)
    blog.sign_up()
    before = len(domain.edge.log)

    blog.post("with my cookie")

    ((request, answer),) = [
        one for one in domain.edge.log[before:] if one[0].target == "/api/posts/" and one[0].body
    ]
    assert answer.status == 201
    assert "sessionid=" in request.headers.get("Cookie")
    assert request.headers.get("Origin") == ORIGIN


def test_a_wrong_password_is_told_so(page: Page) -> None:
    blog = MicroBlog(page)
    username = blog.sign_up()
    blog.log_out()
    page.goto("/log-in")

    blog.part("log-in-username").fill(username)
    blog.part("log-in-password").fill("wrong")
    blog.part("log-in-submit").click()

    expect(blog.part("error")).to_be_visible()
