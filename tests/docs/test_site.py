"""The pages of docs/ as a site: each is in the menu, and links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.docs.pages import README, ROOT, Page, docs

PAGES = (README, *docs())
LINKS = sorted({(page.path, link) for page in PAGES for link in page.links})


def entries(nav: object) -> Iterator[str]:
    """Every file that a menu names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for inner in nav.values():
            yield from entries(inner)
    elif isinstance(nav, list):
        for inner in nav:
            yield from entries(inner)


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    return found


def test_the_menu_has_every_page_once(settings: dict[str, Any]) -> None:
    named = [f"docs/{name}" for name in entries(settings["nav"])]

    assert sorted(named) == sorted(page.path for page in docs())


def test_the_readme_leads_to_every_page() -> None:
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop()
        reached.add(page.path)
        for link in page.links:
            target = (ROOT / page.path).parent.joinpath(link.partition("#")[0]).resolve()
            path = str(target.relative_to(ROOT))
            if path.endswith(".md") and path not in reached:
                waiting.append(Page(path))

    # The site's door to API.md, which the README leads to itself.
    assert {page.path for page in docs()} - reached <= {"docs/api.md"}


def test_a_readers_browser_fetches_nothing_from_elsewhere(settings: dict[str, Any]) -> None:
    assert settings["theme"]["font"] is False
    added = [*settings.get("extra_css", []), *settings.get("extra_javascript", [])]
    assert [one for one in added if not (ROOT / "docs" / one).is_file()] == []
    assert "analytics" not in settings.get("extra", {})


@pytest.mark.parametrize(("path", "link"), LINKS)
def test_a_link_leads_to_a_page_and_a_heading(path: str, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (ROOT / path).parent.joinpath(file).resolve() if file else ROOT / path

    assert target.exists()
    if anchor:
        assert anchor in Page(str(target.relative_to(ROOT))).anchors


@pytest.mark.parametrize("page", docs(), ids=lambda page: page.path)
def test_a_page_links_to_nothing_that_the_site_lacks(page: Page) -> None:
    inside = ROOT / "docs"
    targets = [(ROOT / page.path).parent.joinpath(link).resolve() for link in page.links]

    assert [str(target) for target in targets if not target.is_relative_to(inside)] == []


@pytest.mark.parametrize("page", docs(), ids=lambda page: page.path)
def test_a_block_in_a_list_is_indented_as_the_site_wants_it(page: Page) -> None:
    """Python-Markdown asks for four spaces, where others make do with the width of the bullet."""
    assert re.findall(r"^ {1,3}```.*$", page.text, re.MULTILINE) == []


@pytest.mark.parametrize("page", docs(), ids=lambda page: page.path)
def test_a_list_has_an_empty_line_before_it(page: Page) -> None:
    """Python-Markdown takes it for a part of the paragraph else."""
    item = r"(?:- |\d+\. )"
    after_text = rf"^(?!\s|{item}|<!--)(.+)\n({item}.+)$"
    after_paragraph_of_item = rf"^\n {{4}}(.+)\n({item}.+)$"

    assert re.findall(after_text, page.prose, re.MULTILINE) == []
    assert re.findall(after_paragraph_of_item, page.prose, re.MULTILINE) == []
