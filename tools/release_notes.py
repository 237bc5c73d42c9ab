"""The section of CHANGELOG.md for a tag: `python -m tools.release_notes v1.2.3`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


class ReleaseError(Exception):
    """The tag can't be released; the message says why, in one line."""


def release_notes(tag: str, *, root: Path = ROOT) -> str:
    """Return what CHANGELOG.md says about the version of the tag.

    Raises:
        ReleaseError: the version in pyproject.toml is another, or the section is missing, undated
            or empty.
    """
    version = tag.removeprefix("v")
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    if version != declared:
        message = f"the tag is {tag}, but pyproject.toml has version {declared}"
        raise ReleaseError(message)
    sections = re.split(r"(?m)^## ", (root / "CHANGELOG.md").read_text())
    for section in sections[1:]:
        title, _, text = section.partition("\n")
        found = re.fullmatch(rf"\[{re.escape(version)}\] - (\d{{4}}-\d\d-\d\d)", title.strip())
        if found and (notes := _without_links(text)):
            return notes
    message = f"CHANGELOG.md has no section '## [{version}] - YYYY-MM-DD' with text"
    raise ReleaseError(message)


def _without_links(text: str) -> str:
    """The text without the link targets that end the file."""
    return re.sub(r"(?m)^\[[^]]+\]: \S+$", "", text).strip()


def main(arguments: list[str]) -> int:
    """Print the notes; return 1 when there are none."""
    try:
        print(release_notes(*arguments))
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
