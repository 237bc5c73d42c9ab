"""Django behind the domain: its errors stay its own, its forms post, its files are cached."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.routing.local.application import Application
from tests.routing.site import Site
from tests.routing.stack import ORIGIN

ADMIN_PASSWORD = "correct-horse-admin-1"


@pytest.fixture(scope="module")
def admin(application: Application, domain: Site) -> str:
    application.manage(
        *("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.com"),
        DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD,
    )
    return "root"


def test_the_log_in_form_of_the_admin_posts_without_a_csrf_failure(page: Page, admin: str) -> None:
    page.goto("/admin/")
    page.fill("#id_username", admin)
    page.fill("#id_password", ADMIN_PASSWORD)

    page.click("input[type=submit]")

    expect(page.locator("#content h1")).to_have_text("Site administration")
    assert page.url == f"{ORIGIN}/admin/"


def test_the_admin_saves_a_post(page: Page, admin: str) -> None:
    page.goto("/admin/login/?next=/admin/posts/post/add/")
    page.fill("#id_username", admin)
    page.fill("#id_password", ADMIN_PASSWORD)
    page.click("input[type=submit]")
    page.fill("#id_author", "1")
    page.fill("#id_text", "written in the admin")

    page.click("input[name=_save]")

    expect(page.locator(".messagelist .success")).to_contain_text("was added successfully")


def test_the_admin_is_styled_by_the_static_files(page: Page, complaints: list[str]) -> None:
    page.goto("/admin/login/", wait_until="networkidle")

    colour = page.evaluate("getComputedStyle(document.querySelector('#header')).backgroundColor")
    assert colour == "rgb(65, 118, 144)"
    assert complaints == []


def test_a_404_of_the_api_stays_json(page: Page) -> None:
    answer = page.goto("/api/nothing/here/")

    assert answer
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"detail": "Not found."}


def test_the_api_answers_without_a_trailing_part_too(domain: Site) -> None:
    assert domain.ask("/api").headers.get("Content-Type") == "application/json"


def test_a_403_of_the_api_stays_json(domain: Site) -> None:
    body = json.dumps({"text": "nobody's"}).encode()
    answer = domain.ask("/api/posts/", "POST", body=body, Content_Type="application/json")

    assert answer.status == 403
    assert answer.headers.get("Content-Type") == "application/json"


def test_nothing_of_the_api_is_cached(domain: Site) -> None:
    for _ in range(2):
        answer = domain.ask("/api/posts/")
        assert answer.headers.get("X-Cache") == "Miss from cloudfront"
        assert "Age" not in answer.headers


def test_query_strings_reach_the_api(domain: Site) -> None:
    answer = domain.ask("/api/posts/?page=999")

    assert answer.status == 404
    assert json.loads(answer.body) == {"detail": "Invalid page."}


def test_headers_of_the_application_win_over_those_of_the_distribution(domain: Site) -> None:
    headers = domain.ask("/api/posts/").headers

    assert headers.all("X-Frame-Options") == ["DENY"]
    assert headers.all("Referrer-Policy") == ["same-origin"]


def test_graphql_answers_the_page(page: Page) -> None:
    page.goto("/about")

    answer = page.evaluate(
        """async () => {
          const { csrfToken } = await (await fetch("/api/csrf/")).json();
          const response = await fetch("/graphql/", {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
            body: JSON.stringify({ query: "{ posts(limit: 1) { id } me { username } }" }),
          });
          return [response.status, await response.json()];
        }"""
    )

    assert answer[0] == 200
    assert answer[1]["data"]["me"] is None
    assert isinstance(answer[1]["data"]["posts"], list)


def test_the_page_of_the_api_renders(page: Page, complaints: list[str]) -> None:
    page.goto("/api/docs/")

    expect(page.locator(".swagger-ui .info .title")).to_contain_text("Micro-blog")
    expect(page.locator(".opblock").first).to_be_visible()
    assert complaints == []


def test_a_static_file_with_a_hashed_name_is_kept_for_a_year_and_served_by_the_edge(
    domain: Site,
) -> None:
    page = domain.ask("/admin/login/").body.decode()
    path = page.split('href="', 1)[1].split('"', 1)[0].removeprefix(ORIGIN)
    assert path.startswith("/static/admin/css/base.")

    domain.ask(path)
    again = domain.ask(path)

    assert again.status == 200
    assert again.headers.get("Cache-Control") == "public, max-age=31536000, immutable"
    assert again.headers.get("X-Cache") == "Hit from cloudfront"


def test_a_static_file_without_a_hash_is_kept_for_minutes(domain: Site) -> None:
    headers = domain.ask("/static/admin/css/base.css").headers

    assert headers.get("Cache-Control") == "public, max-age=300"


def test_static_files_can_only_be_read(domain: Site) -> None:
    assert domain.ask("/static/admin/css/base.css", "PUT", body=b"x").status == 403
