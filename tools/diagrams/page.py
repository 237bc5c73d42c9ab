"""The numbered list of a picture's parts, in the page of its construct."""

from __future__ import annotations

import re
from pathlib import Path

from tools.diagrams.picture import Picture

_END = "<!-- end of parts -->"


def section(picture: Picture, image: str, construct: str) -> str:
    """Return the picture and the list of its parts, between the marks that hold its place."""
    lines = [_begin(construct), f"![{construct}: its parts and who talks to whom]({image})", ""]
    for part in picture.parts:
        name = f" `{part.name}`" if part.name else ""
        lines.append(f"{part.number}. **{part.kind.noun}**{name}: {part.kind.purpose}")
    return "\n".join([*lines, _END])


def section_in(page: str, construct: str) -> str | None:
    """Return the section of a construct in a page, None when it has none."""
    found = re.search(f"{re.escape(_begin(construct))}.*?{re.escape(_END)}", page, re.DOTALL)
    return found[0] if found else None


def write(page: Path, new: str, construct: str) -> None:
    """Put a construct's section in the place of the one that is there.

    Raises:
        ValueError: the page has no place for it.
    """
    text = page.read_text()
    old = section_in(text, construct)
    if old is None:
        message = f"{page.name} has no place for the parts; add {_begin(construct)} and {_END}"
        raise ValueError(message)
    page.write_text(text.replace(old, new))


def _begin(construct: str) -> str:
    return f"<!-- the parts of {construct}: written by `make diagrams` -->"
