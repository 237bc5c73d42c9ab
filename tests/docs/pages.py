"""The README and the pages of docs/ in pieces: sections, tables, Python blocks, headings."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

_HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
_FENCED = re.compile(r"^(?P<indent> *)```.*?^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One Python block, and where it stands."""

    page: str
    section: str
    code: str


@dataclass(frozen=True)
class Page:
    """One Markdown file, by its path in the repository."""

    path: str

    @property
    def text(self) -> str:
        return (ROOT / self.path).read_text()

    @property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return _FENCED.sub("", self.text)

    @property
    def sections(self) -> dict[str, str]:
        """Title -> text, for each heading of the second level."""
        pieces = _HEADING.split(self.text)
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))

    @property
    def blocks(self) -> list[Block]:
        """Every Python block below a heading of the second level, in order."""
        return [
            Block(page=self.path, section=title, code=textwrap.dedent(match["code"]))
            for title, text in {"": self.text.split("\n## ")[0], **self.sections}.items()
            for match in _BLOCK.finditer(text)
        ]

    @property
    def anchors(self) -> set[str]:
        """What a link to a heading of the page may name."""
        titles = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}

    @property
    def links(self) -> list[str]:
        """Targets of its links that lead to no other site."""
        targets = [match["target"] for match in _LINK.finditer(self.prose)]
        return [target for target in targets if "://" not in target]

    def table(self, section: str, first_header: str) -> list[list[str]]:
        """The rows of the section's table whose first column is headed so; cells as written."""
        rows: list[list[str]] = []
        inside = False
        for line in self.sections[section].splitlines():
            if not line.startswith("|"):
                inside = False
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if inside and not set(cells[0]) <= set("-:"):
                rows.append(cells)
            inside = inside or cells[0] == first_header
        assert rows, f"{section!r} of {self.path} has no table headed {first_header!r}"
        return rows


README = Page("README.md")


@cache
def docs() -> tuple[Page, ...]:
    """Every page of docs/."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return tuple(Page(str(path.relative_to(ROOT))) for path in found)


def code(cell: str) -> str:
    """A cell that is one piece of code, without its backticks."""
    assert re.fullmatch(r"`[^`]+`", cell), f"{cell!r} is not one piece of code"
    return cell.strip("`")
