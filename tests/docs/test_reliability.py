"""The table of docs/reliability.md is that of the committed run, which kept what is promised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.reliability import COMMITTED, PAGE, filled


@pytest.fixture(scope="module")
def results() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(COMMITTED.read_text())
    return found


def test_the_page_says_what_was_measured(results: Mapping[str, Any]) -> None:
    """`make reliability` writes both anew."""
    page = PAGE.read_text()

    assert filled(page, results) == page


def test_each_part_was_killed_once(results: Mapping[str, Any]) -> None:
    killed = [one["fault"] for one in results["faults"]]

    assert killed == ["web task", "worker task", "database", "cache", "one of two web tasks"]


def test_nothing_that_was_accepted_was_lost(results: Mapping[str, Any]) -> None:
    lost = {one["fault"]: one["missing"] + one["given_up"] for one in results["faults"]}

    assert set(lost.values()) == {0}, lost


def test_a_page_without_a_place_for_the_table_is_an_error(results: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="0 places for measured"):
        filled("", results)
