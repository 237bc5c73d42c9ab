"""The emitter writes what a YAML reader reads back."""

from __future__ import annotations

import pytest
import yaml

from django_cdk.swarm.yaml import dump

TEXTS = [
    *("plain words", "", " leading", "trailing ", "a: b", "# no comment", "- no item", "'", '"'),
    *("yes", "No", "on", "null", "~", "1", "1.5", "1e3", ".5", "0x1f", "1:30", "{a}", "[b]", "*x"),
    *(
        "&x",
        "!tag",
        "%x",
        "@x",
        "`x`",
        "back\\slash",
        "tab\there",
        "ü",
        "${IMAGE}",
        "a, b",
        "=",
        "<<",
    ),
    *("first\nsecond\n", "first\nsecond", "  indented\nnot\n", "\n", "a\n\n", "2026-11-20"),
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_text_is_read_back_as_the_same_text(text: str) -> None:
    document = {"key": text, "list": [text], "deep": {"list": [{"key": text}]}}

    assert yaml.safe_load(dump(document)) == document


@pytest.mark.parametrize("value", [True, False, None, 0, 42, [], {}, [[1, 2], []], [{"a": {}}]])
def test_other_values_are_read_back(value: object) -> None:
    assert yaml.safe_load(dump({"key": value})) == {"key": value}  # type: ignore[dict-item]


def test_a_comment_stands_above() -> None:
    assert dump({"a": 1}, comment="first\n\nsecond") == "# first\n#\n# second\na: 1\n"
