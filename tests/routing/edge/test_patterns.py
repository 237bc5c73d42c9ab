from __future__ import annotations

import pytest

from tests.routing.edge.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/api/*", "/api/"),
        ("/api/*", "/api/posts/5"),
        ("api/*", "/api/posts"),
        ("*.png", "/media/a.png"),
        ("/a?c", "/abc"),
        ("*", "/"),
        ("/[a]", "/[a]"),
    ],
)
def test_a_pattern_takes_what_it_means(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/api/*", "/api"),
        ("/api/*", "/API/posts"),
        ("/api/*", "/v1/api/posts"),
        ("/api", "/api/"),
        ("/a?c", "/ac"),
        ("/a.c", "/abc"),
        ("/[a]", "/a"),
    ],
)
def test_a_pattern_leaves_the_rest(pattern: str, path: str) -> None:
    assert not matches(pattern, path)
