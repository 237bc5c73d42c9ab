"""Draw the pictures of all constructs: `python -m tools.diagrams ICONS [NAME ...]`.

ICONS is the folder of the icon set (the `resources` folder of the Python package `diagrams`).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tools.apps import ROOT
from tools.diagrams.constructs import CONSTRUCTS, Drawn
from tools.diagrams.dot import dot, icons_of
from tools.diagrams.page import section, write
from tools.diagrams.resources import synthesized
from tools.diagrams.stack import picture_of
from tools.diagrams.svg import NoGraphvizError, svg


def draw(construct: Drawn, icon_set: Path) -> None:
    """Write the picture of a construct and the list of its parts."""
    with tempfile.TemporaryDirectory() as folder:
        resources = synthesized(construct.module, construct.stack, Path(folder))
    picture = picture_of(resources)
    icons = {name: str(icon_set / f"{name}.png") for name in icons_of(picture)}
    image = ROOT / construct.image
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_text(svg(dot(picture, icons), picture))
    page = ROOT / construct.page
    relative = os.path.relpath(image, page.parent)
    write(page, section(picture, relative, construct.name), construct.name)
    print(f"{construct.name}: {len(picture.parts)} parts, {image.stat().st_size // 1024} KiB")


def main(arguments: list[str]) -> int:
    """Draw the asked constructs, or all."""
    parser = argparse.ArgumentParser(prog="tools.diagrams")
    parser.add_argument("icons", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args(arguments)
    try:
        for construct in CONSTRUCTS:
            if not asked.names or construct.name in asked.names:
                draw(construct, asked.icons)
    except (NoGraphvizError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
