"""A picture as a value: its parts, their places, and the arrows between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tools.diagrams.parts import Kind

# A place is the way to it from outside: ("VPC", "Private subnets").
Place = tuple[str, ...]
INTERNET = "internet"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing in the picture.

    `key` stays the same from one synth to the next (a logical id, or a type where all of a type
    are one part); `number` is what the list of parts calls it.
    """

    key: str
    kind: Kind
    name: str
    place: Place = ()
    number: int = 0


@dataclass(frozen=True, kw_only=True, order=True)
class Arrow:
    """From one part to another; from a place when everything in it does the same."""

    source: str | Place
    target: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Parts in reading order and the arrows between them."""

    parts: Sequence[Part]
    arrows: Sequence[Arrow]

    @property
    def structure(self) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """What is in the picture, without where on the paper: the keys and the arrows."""
        arrows = {(name_of(arrow.source), arrow.target) for arrow in self.arrows}
        return frozenset(part.key for part in self.parts), frozenset(arrows)


def name_of(source: str | Place) -> str:
    """Return the name that a part or a place goes by in the drawing."""
    return source if isinstance(source, str) else "/".join(source)


def drawn(parts: Iterable[Part], arrows: Iterable[Arrow]) -> Picture:
    """Number the parts in their order and draw together the arrows of what lies in one place."""
    numbered = [replace(part, number=number) for number, part in enumerate(parts, start=1)]
    known = {part.key for part in numbered} | {INTERNET}
    labels: dict[tuple[str | Place, str], set[str]] = defaultdict(set)
    for arrow in arrows:
        if arrow.source != arrow.target and {arrow.source, arrow.target} <= known:
            labels[arrow.source, arrow.target].add(arrow.label)
    kept = {
        Arrow(source=source, target=target, label=", ".join(sorted(told - {""}, key=int)))
        for (source, target), told in labels.items()
    }
    return Picture(parts=numbered, arrows=sorted(_together(numbered, kept), key=_order))


def _order(arrow: Arrow) -> tuple[str, str]:
    return name_of(arrow.source), arrow.target


def _together(parts: Sequence[Part], arrows: set[Arrow]) -> set[Arrow]:
    """Replace the arrows that all parts of one place share by one from the place."""
    for place in {part.place for part in parts if part.place}:
        inside = {part.key for part in parts if part.place == place}
        if len(inside) < 3:  # two arrows read more easily than a box with one
            continue
        for target in {arrow.target for arrow in arrows} - inside:
            same = {arrow for arrow in arrows if arrow.source in inside and arrow.target == target}
            if {arrow.source for arrow in same} == inside:
                arrows = (arrows - same) | {Arrow(source=place, target=target)}
    return arrows
