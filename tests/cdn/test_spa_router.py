"""The CloudFront Function of the single-page application, executed by Node."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

import django_cdk
from tests.routing.edge.function import EdgeFunction, event_of
from tests.routing.http.message import Headers, Request

SOURCE = Path(django_cdk.__file__).parent / "cdn" / "spa_router.js"


@pytest.fixture(scope="module")
def router() -> Iterator[EdgeFunction]:
    function = EdgeFunction(SOURCE.read_text())
    yield function
    function.close()


@pytest.mark.parametrize(
    "path", ["/", "/posts", "/posts/5", "/posts/5/", "/deep/er/than/that", "/a.b/c", "/v1.2/notes/"]
)
def test_a_path_whose_last_part_has_no_extension_is_a_route(
    router: EdgeFunction, path: str
) -> None:
    assert router(event_of(Request("GET", path)))["uri"] == "/index.html"


@pytest.mark.parametrize(
    "path",
    ["/index.html", "/sw.js", "/assets/index-1a2b.js", "/icons/icon.svg", "/a/b.c", "/.hidden"],
)
def test_a_file_stays_what_it_is(router: EdgeFunction, path: str) -> None:
    assert router(event_of(Request("GET", path)))["uri"] == path


@pytest.mark.parametrize(
    "path", ["/.well-known/assetlinks.json", "/.well-known/apple-app-site-association"]
)
def test_files_of_well_known_stay_what_they_are(router: EdgeFunction, path: str) -> None:
    assert router(event_of(Request("GET", path)))["uri"] == path


def test_nothing_but_the_path_changes(router: EdgeFunction) -> None:
    headers = Headers([("Host", "blog.example.com"), ("Cookie", "a=1; b=2")])
    request = Request("GET", "/posts", "page=2&tag=a.b&tag=c", headers)
    before = event_of(request)["request"]

    after = router(event_of(request))

    assert after == {**copy.deepcopy(before), "uri": "/index.html"}


def test_a_dot_in_the_query_makes_no_file(router: EdgeFunction) -> None:
    assert router(event_of(Request("GET", "/search", "q=index.html")))["uri"] == "/index.html"


def test_it_is_a_request_that_comes_back_and_never_a_response(router: EdgeFunction) -> None:
    assert "statusCode" not in router(event_of(Request("GET", "/posts")))
