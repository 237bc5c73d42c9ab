"""Uploads: written by the backend or by the browser, read through the domain, never run."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.routing.local.naming import REGION
from tests.routing.microblog import MicroBlog, shown_width
from tests.routing.pictures import png
from tests.routing.site import Site
from tests.routing.stack import ORIGIN

SCRIPT = "fetch('/api/i-ran'); document.title = 'i ran'"
HOSTILE = {
    "html": ("text/html", f"<title>still</title><body><script>{SCRIPT}</script>"),
    "svg": (
        "image/svg+xml",
        f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SCRIPT}</script></svg>',
    ),
}


def test_a_posted_image_is_shown_from_the_same_domain(page: Page, complaints: list[str]) -> None:
    blog = MicroBlog(page)
    blog.sign_up()

    image = blog.post("look at this", png(600, 400)).get_by_test_id("post-image")

    expect(image).to_be_visible()
    assert str(image.get_attribute("src")).startswith((f"{ORIGIN}/media/", "/media/"))
    assert shown_width(image) == 600
    assert complaints == []


def test_a_large_image_goes_straight_to_the_bucket(
    page: Page, domain: Site, assets_bucket: str, complaints: list[str]
) -> None:
    blog = MicroBlog(page)
    blog.sign_up()
    large = png(1200, 1250, noise=True)
    assert len(large) > 4 * 1024 * 1024
    uploads = []
    page.on("response", lambda one: uploads.append(one) if ".amazonaws.com" in one.url else None)
    before = len(domain.edge.log)

    image = blog.post("straight to the bucket", large).get_by_test_id("post-image")

    assert shown_width(image) == 1200
    assert [(one.request.method, one.status) for one in uploads] == [("POST", 204)]
    assert uploads[0].url == f"https://{assets_bucket}.s3.{REGION}.amazonaws.com/"
    assert max(len(request.body) for request, _ in domain.edge.log[before:]) < 10_000
    assert complaints == []


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_an_uploaded_document_runs_no_script(
    page: Page, domain: Site, s3: Any, assets_bucket: str, kind: str
) -> None:
    content_type, text = HOSTILE[kind]
    s3.put_object(
        Bucket=assets_bucket, Key=f"media/hostile.{kind}", Body=text, ContentType=content_type
    )

    answer = page.goto(f"/media/hostile.{kind}", wait_until="networkidle")

    assert answer
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert not [one for one, _ in domain.edge.log if one.path == "/api/i-ran"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_missing_media_file_is_404(domain: Site) -> None:
    assert domain.ask("/media/posts/gone.png").status == 404


def test_objects_are_closed_to_who_comes_around_the_domain(page: Page, assets_bucket: str) -> None:
    answer = page.goto(f"https://{assets_bucket}.s3.{REGION}.amazonaws.com/static/staticfiles.json")

    assert answer
    assert answer.status == 403


def test_a_file_outside_static_and_media_is_not_on_the_domain(
    domain: Site, s3: Any, assets_bucket: str
) -> None:
    s3.put_object(Bucket=assets_bucket, Key="secret.txt", Body=b"not for the web")

    assert domain.ask("/secret.txt").status == 404
