"""The README in pieces: sections, tables, Python blocks."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()

_HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
_BLOCK = re.compile(
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One Python block, and the section it stands in."""

    section: str
    code: str


def sections() -> dict[str, str]:
    """Title -> text, for each heading of the second level."""
    pieces = _HEADING.split(README)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def table(section: str, first_header: str) -> list[list[str]]:
    """The rows of the table in a section whose first column is headed so; cells as written."""
    rows: list[list[str]] = []
    inside = False
    for line in sections()[section].splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if inside and not set(cells[0]) <= set("-"):
            rows.append(cells)
        inside = inside or cells[0] == first_header
    assert rows, f"{section!r} has no table headed {first_header!r}"
    return rows


def code(cell: str) -> str:
    """A cell that is one piece of code, without its backticks."""
    assert re.fullmatch(r"`[^`]+`", cell), f"{cell!r} is not one piece of code"
    return cell.strip("`")


def blocks() -> list[Block]:
    """Every Python block, in order."""
    return [
        Block(section=title, code=textwrap.dedent(match["code"]))
        for title, text in sections().items()
        for match in _BLOCK.finditer(text)
    ]
