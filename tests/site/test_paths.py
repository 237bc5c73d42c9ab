"""Path patterns of the backend, as CloudFront takes them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from django_cdk import OptionError
from django_cdk.cdn.behaviors import BACKEND_PATHS, check_paths, with_bare


def test_the_defaults_are_fine() -> None:
    check_paths("backend_paths", BACKEND_PATHS, taken=["/static/*", "/media/*"])


@pytest.mark.parametrize("path", ["/api", "/*.php", "/ws/*", "/a?c", "/v1.0/~$'\"@:+&_-", "/x/*/y"])
def test_takes_what_cloudfront_takes(path: str) -> None:
    check_paths("backend_paths", [path], taken=[])


@pytest.mark.parametrize(
    "path", ["", "/", "/*", "*", "api/*", "https://a.example.com/*", "/a b", "/é", "/a[0]", "/a#b"]
)
def test_refuses_what_is_no_pattern_or_the_whole_site(path: str) -> None:
    with pytest.raises(OptionError, match=r"such as '/api/\*'") as refused:
        check_paths("backend_paths", ["/api/*", path], taken=[])

    assert (refused.value.option, refused.value.value) == ("backend_paths", path)


def test_refuses_patterns_that_are_too_long() -> None:
    check_paths("backend_paths", ["/" + 254 * "a"], taken=[])

    with pytest.raises(OptionError):
        check_paths("backend_paths", ["/" + 255 * "a"], taken=[])


@pytest.mark.parametrize("paths", ["/api/*", [], ()])
def test_refuses_what_is_no_list_of_patterns(paths: Sequence[str]) -> None:
    with pytest.raises(OptionError, match=r"give a list of patterns, such as \['/api/\*'\]"):
        check_paths("backend_paths", paths, taken=[])


def test_refuses_a_path_that_comes_twice() -> None:
    with pytest.raises(OptionError, match="taken already") as refused:
        check_paths("backend_paths", ["/api/*", "/ws/*", "/api/*"], taken=[])

    assert refused.value.value == "/api/*"


def test_refuses_a_path_that_the_bucket_has() -> None:
    with pytest.raises(OptionError, match="taken already"):
        check_paths("backend_paths", ["/media/*"], taken=["/static/*", "/media/*"])


def test_each_pattern_comes_with_its_bare_path() -> None:
    assert with_bare(["/api/*", "/admin/*"]) == ["/api/*", "/api", "/admin/*", "/admin"]


def test_a_pattern_without_a_tail_stays_alone() -> None:
    assert with_bare(["/health", "/*.php", "/v*"]) == ["/health", "/*.php", "/v*"]


def test_a_bare_path_that_was_given_is_not_doubled() -> None:
    assert with_bare(["/api", "/api/*"]) == ["/api", "/api/*"]
