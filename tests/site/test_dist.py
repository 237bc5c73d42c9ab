"""A built site read from disk: which files it has, and how long a browser may keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from django_cdk import OptionError
from django_cdk.cdn.dist import Dist, ignore_patterns
from tests.site.sites import write_dist

VITE = {
    "index.html": "<!doctype html>",
    "assets/index-B1xYz.js": "1",
    "assets/fonts/a-C2.woff2": "2",
    "manifest.webmanifest": "{}",
    "sw.js": "3",
    ".well-known/security.txt": "4",
}


def read(folder: Path, *hashed_paths: str, files: dict[str, str] = VITE) -> Dist:
    return Dist.read(write_dist(folder, files), hashed_paths)


def test_hashed_files_are_those_that_match_a_pattern(tmp_path: Path) -> None:
    assert read(tmp_path, "assets/*").hashed == (
        "assets/fonts/a-C2.woff2",
        "assets/index-B1xYz.js",
    )


def test_a_star_passes_directories_as_in_s3_filters(tmp_path: Path) -> None:
    assert read(tmp_path, "*.woff2").hashed == ("assets/fonts/a-C2.woff2",)


def test_pages_are_all_others_hidden_ones_too(tmp_path: Path) -> None:
    assert read(tmp_path, "assets/*").pages == (
        ".well-known/security.txt",
        "index.html",
        "manifest.webmanifest",
        "sw.js",
    )


def test_without_patterns_every_file_is_a_page(tmp_path: Path) -> None:
    dist = read(tmp_path)

    assert dist.hashed == ()
    assert set(dist.pages) == set(VITE)


def test_patterns_tell_upper_from_lower_case(tmp_path: Path) -> None:
    assert read(tmp_path, "Assets/*").hashed == ()


def test_empty_directories_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "assets" / "empty").mkdir(parents=True)

    assert read(tmp_path, "assets/*", files={"index.html": ""}).hashed == ()


def test_a_missing_directory_says_how_to_build() -> None:
    with pytest.raises(OptionError, match=r"no such directory; .*npm run build") as refused:
        Dist.read("no/such/dist", ["assets/*"])

    assert (refused.value.option, refused.value.value) == ("path_to_dist", "no/such/dist")


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "dist.zip").write_text("")

    with pytest.raises(OptionError, match="there is no such directory"):
        Dist.read(str(tmp_path / "dist.zip"), [])


def test_a_build_without_index_html_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"there is no index\.html in it; .*npm run build"):
        read(tmp_path, files={"dist/index.html": "one directory too deep"})


def test_index_html_is_never_kept_for_a_year(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"index\.html matches") as refused:
        read(tmp_path, "*")

    assert (refused.value.option, refused.value.value) == ("hashed_paths", ["*"])


def test_patterns_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"give a list: \['assets/\*'\]"):
        Dist.read(write_dist(tmp_path, VITE), "assets/*")


@pytest.mark.parametrize("pattern", ["/assets/*", "./assets/*"])
def test_patterns_are_relative(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(OptionError, match=r"give 'assets/\*'"):
        read(tmp_path, pattern)


@pytest.mark.parametrize(
    ("pattern", "file"),
    [
        ("/assets/*", "/assets/fonts/a-C2.woff2"),
        ("/assets*", "/assets/fonts/a-C2.woff2"),
        ("/assets/index-?????.js", "/assets/index-B1xYz.js"),
    ],
)
def test_a_file_that_a_path_pattern_hides_is_refused(
    tmp_path: Path, pattern: str, file: str
) -> None:
    dist = read(tmp_path, "assets/*")

    with pytest.raises(OptionError) as refused:
        dist.check_routes(["/api/*", pattern])
    assert (refused.value.option, refused.value.value) == ("path_to_dist", str(tmp_path))
    assert refused.value.remedy.startswith(f"its file {file} can't be reached: {pattern} goes")


def test_a_page_that_a_path_pattern_hides_is_refused(tmp_path: Path) -> None:
    dist = read(tmp_path, files={"index.html": "", "admin/index.html": ""})

    with pytest.raises(OptionError, match=r"/admin/index\.html can't be reached: /admin/\*"):
        dist.check_routes(["/admin/*", "/admin"])


@pytest.mark.parametrize("pattern", ["/asset", "/ASSETS/*", "/api/*", "/sw.jsx"])
def test_patterns_of_other_paths_hide_nothing(tmp_path: Path, pattern: str) -> None:
    read(tmp_path, "assets/*").check_routes([pattern])


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("assets/index.js", "/assets/index.js"),
        ("assets/[id].js", r"/assets/\[id\].js"),
        ("#top.html", r"/\#top.html"),
        ("!not.html", r"/\!not.html"),
        ("a b.html", r"/a\ b.html"),
        ("a*.js", r"/a\*.js"),
        ("a\\b.js", r"/a\\b.js"),
    ],
)
def test_a_file_as_a_pattern_means_itself(file: str, pattern: str) -> None:
    assert ignore_patterns([file]) == [pattern]
