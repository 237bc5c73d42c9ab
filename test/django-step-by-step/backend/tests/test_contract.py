"""The README's table of variables against what the code reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.equipment.application import BACKEND

READERS = {"text", "required", "flag", "names"}


def sources() -> Iterator[Path]:
    for package in ("backend", "accounts", "posts"):
        yield from (BACKEND / package).rglob("*.py")
    yield BACKEND / "manage.py"


def read_through_env(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
            and node.func.attr in READERS
        ):
            assert isinstance(node.args[0], ast.Constant), f"a computed name in {source}"
            yield node.args[0].value


def table() -> set[str]:
    section = (BACKEND / "README.md").read_text().split("## Environment")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", section, re.MULTILINE))


def test_the_readme_lists_exactly_the_variables_that_are_read() -> None:
    read = {name for source in sources() for name in read_through_env(source)}
    script = (BACKEND / "scripts" / "start_prod.sh").read_text()
    read |= set(re.findall(r"\$\{([A-Z_]+):-", script))
    assert table() == read | {"DJANGO_SETTINGS_MODULE"}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        source.relative_to(BACKEND).as_posix()
        for source in sources()
        if re.search(r"os\.(environ(?!\.setdefault)|getenv)", source.read_text())
    }
    assert readers == {"backend/settings/env.py"}


def test_the_readme_names_the_commands_that_exist() -> None:
    text = (BACKEND / "README.md").read_text()
    assert "celery -A backend.celery_app:app worker" in text
    assert (BACKEND / "scripts" / "start_prod.sh").stat().st_mode & 0o111
