"""The documentation's list of checks is the doctor's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def checks() -> Iterator[str]:
    """The first argument of every call that makes a finding."""
    for path in (ROOT / "django_cdk" / "cli").glob("doctor*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="error" | "warning" | "level") | ast.IfExp(),
                    args=[ast.Constant(value=str(check)), *_],
                ):
                    yield check


def test_every_check_has_its_row() -> None:
    page = (ROOT / "docs" / "new-project.md").read_text()
    table = page.partition("| check | asks |")[2]
    rows = re.findall(r"(?m)^\| `([a-z-]+)` \|", table)

    assert len(rows) == len({*rows})
    assert {*rows} == {*checks()}
