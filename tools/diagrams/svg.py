"""An SVG that stands alone: laid out by graphviz, its icons inside it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path

from tools.diagrams.picture import Picture

_IMAGE = re.compile(r'<image xlink:href="([^"]+\.png)"')
_STRUCTURE = re.compile(r"<metadata>(.*?)</metadata>", re.DOTALL)


class NoGraphvizError(Exception):
    """The machine has no `dot`; the message says where to get it."""


def svg(drawing: str, picture: Picture) -> str:
    """Lay a drawing out and return it as SVG, with the structure of its picture as metadata.

    Raises:
        NoGraphvizError: there is no `dot`.
    """
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"],  # noqa: S607 - wherever the machine has it
            input=drawing,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        message = "make diagrams needs graphviz; on Debian and Ubuntu: apt-get install graphviz"
        raise NoGraphvizError(message) from error
    # graphviz names its own version in a comment, and the reader sees none of the titles.
    text = re.sub(r"<!--.*?-->\n?", "", done.stdout, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>\n?", "", text)
    icons = {path: f"icon-{number}" for number, path in enumerate(_icons(text))}
    text = _IMAGE.sub(lambda found: f'<use xlink:href="#{icons[found[1]]}"', text)
    start = text.index(">", text.index("<svg")) + 1
    inside = [f"<metadata>{_told(picture)}</metadata>", "<defs>", *map(_symbol, icons.items())]
    return "\n".join([text[:start], *inside, "</defs>"]) + text[start:]


def structure_in(image: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return the structure of the picture that an SVG was drawn from."""
    found = _STRUCTURE.search(image)
    parts, arrows = json.loads(found[1]) if found else ((), ())
    return frozenset(parts), frozenset((source, target) for source, target in arrows)


def _told(picture: Picture) -> str:
    parts, arrows = picture.structure
    return json.dumps([sorted(parts), sorted(arrows)]).replace("<", "").replace("&", "")


def _icons(text: str) -> list[str]:
    return sorted(set(_IMAGE.findall(text)))


def _symbol(icon: tuple[str, str]) -> str:
    """Return an icon as a symbol, so that it is in the file once, however often it is shown."""
    path, name = icon
    data = base64.b64encode(Path(path).read_bytes()).decode()
    image = f'<image xlink:href="data:image/png;base64,{data}" width="1" height="1"/>'
    return f'<symbol id="{name}" viewBox="0 0 1 1">{image}</symbol>'
