"""A picture in graphviz' own language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from tools.diagrams.picture import INTERNET, Arrow, Part, Picture, Place, name_of

_HEAD = """digraph picture {
  rankdir=LR; compound=true; newrank=true; ranksep=0.9; nodesep=0.25; bgcolor=white; pad=0.3;
  fontname="Helvetica"; fontsize=13; fontcolor="#444444";
  node [shape=none, margin=0, fontname="Helvetica", fontsize=11, fontcolor="#222222"];
  edge [color="#7a869a", arrowsize=0.7, fontname="Helvetica", fontsize=10, fontcolor="#555555"];
"""
# One colour for each depth: the network, its tiers, what runs in them.
_FILLS = ("#f5f8fc", "#eaf1f8", "#fdf3e7")
_ICON_SIZE = 46
_INTERNET_ICON = "aws/general/internet-alt2"


def dot(picture: Picture, icons: Mapping[str, str]) -> str:
    """Return the picture for `dot`; `icons` is the name of an icon -> the path of its file."""
    nodes = [_internet(icons)] if _has_internet(picture) else []
    lines = [*nodes, *_places(picture, (), icons), *_arrows(picture)]
    return _HEAD + "".join(f"  {line}\n" for line in lines) + "}\n"


def icons_of(picture: Picture) -> set[str]:
    """Return the names of all icons that the picture shows."""
    return {part.kind.icon for part in picture.parts} | {_INTERNET_ICON}


def _has_internet(picture: Picture) -> bool:
    return any(arrow.source == INTERNET for arrow in picture.arrows)


def _internet(icons: Mapping[str, str]) -> str:
    return f'"{INTERNET}" [label={_label(icons[_INTERNET_ICON], "Internet", "")}];'


def _places(picture: Picture, place: Place, icons: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts in a place, then each place in it with its own."""
    for part in picture.parts:
        if part.place == place:
            yield f'"{part.key}" [label={_part_label(part, icons)}];'
    inside = {part.place[: len(place) + 1] for part in picture.parts if part.place != place}
    for inner in sorted(inner for inner in inside if inner[:-1] == place and inner != place):
        fill = _FILLS[min(len(place), len(_FILLS) - 1)]
        yield f'subgraph "cluster_{name_of(inner)}" {{'
        yield f'label="{inner[-1]}"; labeljust=l; style="rounded,filled"; color="#9fb3c8";'
        yield f'fillcolor="{fill}"; margin=14;'
        if any(arrow.source == inner for arrow in picture.arrows):
            # What does the same stands in one column, with what it does on the other side.
            yield "rank=same;"
        yield from _places(picture, inner, icons)
        yield "}"


def _part_label(part: Part, icons: Mapping[str, str]) -> str:
    title = f"{part.number}  {part.kind.noun}"
    return _label(icons[part.kind.icon], title, part.name)


def _label(icon: str, title: str, name: str) -> str:
    second = f'<TR><TD><FONT COLOR="#666666">{escape(name)}</FONT></TD></TR>' if name else ""
    return (
        '<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        f'<TR><TD FIXEDSIZE="TRUE" WIDTH="{_ICON_SIZE}" HEIGHT="{_ICON_SIZE}">'
        f'<IMG SCALE="TRUE" SRC="{icon}"/></TD></TR>'
        f"<TR><TD><B>{escape(title)}</B></TD></TR>{second}</TABLE>>"
    )


def _arrows(picture: Picture) -> Iterator[str]:
    for arrow in picture.arrows:
        options = [f'label="{arrow.label}"'] if arrow.label else []
        source = arrow.source
        if not isinstance(source, str):
            options.append(f'ltail="cluster_{name_of(source)}"')
            source = _anchor(picture, arrow)
        # The title under which a reader of the SVG finds the arrow again.
        options.append(f'tooltip="{name_of(arrow.source)} -> {arrow.target}"')
        yield f'"{source}" -> "{arrow.target}" [{", ".join(options)}];'


def _anchor(picture: Picture, arrow: Arrow) -> str:
    """Return a part in the place that an arrow starts from: graphviz needs one to start at."""
    inside = [part.key for part in picture.parts if part.place == arrow.source]
    return inside[len(inside) // 2]
