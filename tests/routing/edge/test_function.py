"""A function's world is CloudFront's: no Node, and an error is an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.routing.edge.function import EdgeFunction, FunctionError, event_of, viewer_request
from tests.routing.http.message import Headers, Request, Response


@pytest.fixture
def function(request: pytest.FixtureRequest) -> Iterator[EdgeFunction]:
    made = EdgeFunction(f"function handler(event) {{ {request.param} }}")
    yield made
    made.close()


def body(code: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("function", [code], indirect=True, ids=["function"])


@body("return { statusCode: 302, headers: { location: { value: '/there' } } };")
def test_a_response_is_given_instead_of_the_request(function: EdgeFunction) -> None:
    answer = viewer_request(function, Request("GET", "/"))

    assert isinstance(answer, Response)
    assert (answer.status, answer.headers.get("Location")) == (302, "/there")


@body("event.request.headers['x-a'] = { value: '1' }; return event.request;")
def test_a_header_is_added_and_cookies_stay(function: EdgeFunction) -> None:
    given = Headers([("Host", "h"), ("Cookie", "s=1")])

    changed = viewer_request(function, Request("GET", "/", "flag&a=1", given))

    assert isinstance(changed, Request)
    assert changed.headers.get("X-A") == "1"
    assert changed.headers.get("Cookie") == "s=1"
    assert changed.query == "flag&a=1"


@pytest.mark.parametrize(
    "function",
    ["return process.env;", "require('fs');", "return fetch('/');", "eval('1');"],
    indirect=True,
    ids=["process", "require", "fetch", "eval"],
)
def test_what_cloudfront_does_not_have_is_not_there(function: EdgeFunction) -> None:
    with pytest.raises(FunctionError):
        function(event_of(Request("GET", "/")))


def test_code_larger_than_cloudfront_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="CloudFront takes 10240"):
        EdgeFunction("/" * 10_241)
