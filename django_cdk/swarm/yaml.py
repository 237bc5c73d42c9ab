"""YAML out of plain values: as much of it as stack, compose and CI files need.

The library depends on the CDK alone at run time, so it has no YAML package. Scalars are written
plain where every reader takes them for text, else as JSON, which is YAML too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Scalar = bool | int | str | None
Yaml = Scalar | Sequence["Yaml"] | Mapping[str, "Yaml"]

_PLAIN = re.compile(r"[A-Za-z_/.][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*")
# What some reader takes for something else than text: YAML 1.1 booleans, null, numbers.
_NOT_TEXT = re.compile(r"(?i)true|false|yes|no|on|off|y|n|null|\.(inf|nan)|\.?[0-9_.e+-]*")


def dump(value: Mapping[str, Yaml], *, comment: str = "") -> str:
    """A mapping as a YAML document, keys in the order given.

    :param comment: lines that stand above, without their ``#``.
    """
    above = [f"# {line}".rstrip() for line in comment.splitlines()]
    return "\n".join([*above, *_lines(value)]) + "\n"


def _lines(value: Mapping[str, Yaml] | Sequence[Yaml]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(f"{_scalar(key)}:", inner)
    else:
        for inner in value:
            if isinstance(inner, Mapping) and inner:
                first, *others = _lines(inner)
                yield f"- {first}"
                yield from (f"  {line}" for line in others)
            else:
                yield from _entry("-", inner)


def _entry(head: str, value: Yaml) -> Iterator[str]:
    if isinstance(value, str) and _is_block(value):
        yield f"{head} |" if value.endswith("\n") else f"{head} |-"
        yield from (f"  {line}".rstrip() for line in value.splitlines())
    elif isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        yield f"{head} {_scalar(value)}"
    elif not value:
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield head
        yield from (f"  {line}" for line in _lines(value))


def _is_block(text: str) -> bool:
    """Whether a block keeps these lines as they are; readers differ on the others."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and text[0].isprintable()
        and not text[0].isspace()
        and bool(lines[-1])
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _scalar(value: Scalar) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
