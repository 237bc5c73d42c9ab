"""API.md: every public name, and the parts that are reached from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import griffe

import django_cdk

from .attributes import Attribute, Attributes, summary
from .classes import ClassSource, Option, raises
from .source import Source
from .types import Type, Union, markdown

_INTRODUCTION = """\
# API

Made from the source by `make api`; a change here is lost. Types of the CDK link to its reference.
Every construct also takes `scope` and `id`, like all constructs of the CDK.
"""

_CODE_BLOCK = re.compile(r"\.\. code-block:: \w+\n\n((?:    .*\n?|\n)+)")


class Page:
    """The page, from the source of the package."""

    def __init__(self) -> None:
        self.source = Source()
        self.attributes = Attributes(self.source)
        public = (self.source.public(name) for name in django_cdk.__all__)
        self.public = [ClassSource(self.source, one) for one in public if one.is_class]  # type: ignore[arg-type]

    @cached_property
    def reached(self) -> dict[str, ClassSource | Union]:
        """Path -> class, or what an alias stands for: all that the public names lead to."""
        found: dict[str, ClassSource | Union] = {one.path: one for one in self.public}
        waiting = list(self.public)
        while waiting:
            for path in self._leads_to(waiting.pop(0)):
                kind = self.source.find_class(path)
                target = kind or self.source.alias(path)
                if target is None or path in found:
                    continue
                found[path] = target
                waiting += [kind] if kind else []
        return found

    @cached_property
    def anchors(self) -> dict[str, str]:
        """Path of a type of our own -> its link inside the page."""
        return {path: f"#{path.rpartition('.')[2].lower()}" for path in self.reached}

    def text(self) -> str:
        """The whole page."""
        classes = [one for one in self.reached.values() if isinstance(one, ClassSource)]
        public = {one.path for one in self.public}
        parts = sorted((one for one in classes if one.path not in public), key=_by_name)
        groups = {
            "Constructs": sorted((one for one in self.public if one.is_construct), key=_by_name),
            "Values and errors": sorted(
                (one for one in self.public if not one.is_construct), key=_by_name
            ),
            "Parts": parts,
        }
        pieces = [_INTRODUCTION]
        for title, members in groups.items():
            pieces += [
                f"## {title}\n",
                *(self._class(one, whole=title != "Parts") for one in members),
            ]
        aliases = {path: one for path, one in self.reached.items() if isinstance(one, tuple)}
        pieces.append("## Types\n")
        for path in sorted(aliases, key=lambda path: path.rpartition(".")[2]):
            name = path.rpartition(".")[2]
            pieces.append(f"### {name}\n\n{markdown(aliases[path], self.anchors)}\n")
        return "\n".join(pieces)

    def _leads_to(self, owner: ClassSource) -> Iterator[str]:
        shown = [one.types for one in self.attributes.of(owner)]
        # A part is made by its construct: what its constructor takes is nobody's business.
        if not owner.is_construct or owner in self.public:
            shown += [option.types for option in owner.options]
        for types in shown:
            for one in types:
                yield from (inner.path for inner in one.within())

    def _class(self, owner: ClassSource, *, whole: bool) -> str:
        pieces = [f"### {owner.name}\n", self._prose(owner.text) + "\n"]
        if whole:
            pieces.append(f"`from {self.source.package.path} import {owner.name}`\n")
        is_value = not owner.is_construct and not owner.is_typed_dict
        if owner.options and (is_value or (whole and owner.is_construct)):
            pieces.append(self._options(owner.options))
        pieces += self._attributes(owner)
        pieces += self._methods(owner)
        if whole:
            pieces += [f"Raises `{error}`: {self._prose(when)}\n" for error, when in owner.raises]
        return "\n".join(pieces)

    def _options(self, options: Iterable[Option]) -> str:
        rows = [
            (
                f"`{one.name}`",
                markdown(one.types, self.anchors),
                "required" if one.default is None else f"`{one.default}`",
                self._prose(one.meaning),
            )
            for one in options
        ]
        return _table(("Option", "Type", "Default", "Meaning"), rows)

    def _attributes(self, owner: ClassSource) -> list[str]:
        found = self.attributes.of(owner)
        rows = [self._attribute(one) for one in found]
        return [_table(("Attribute", "Type", "Meaning"), rows)] if rows else []

    def _attribute(self, one: Attribute) -> tuple[str, ...]:
        return f"`{one.name}`", markdown(one.types, self.anchors), self._prose(one.meaning)

    def _methods(self, owner: ClassSource) -> list[str]:
        rows = [
            (f"`{_call(one)}`", self._returned(owner, one), self._method(one))
            for name, one in owner.node.members.items()
            if isinstance(one, griffe.Function) and not name.startswith("_")
        ]
        return [_table(("Method", "Returns", "Meaning"), rows)] if rows else []

    def _returned(self, owner: ClassSource, method: griffe.Function) -> str:
        types = owner.types(method.returns) if method.returns else ()
        return markdown(types, self.anchors) if types != (Type("None"),) else ""

    def _method(self, method: griffe.Function) -> str:
        sections = method.docstring.parsed if method.docstring else []
        errors = [f"Raises `{error}`: {when}" for error, when in raises(sections)]
        text = str(sections[0].value) if sections else summary(method)
        return self._prose(" ".join([" ".join(text.split()), *errors]))

    def _prose(self, text: str) -> str:
        """A docstring as Markdown."""
        names = {path.rpartition(".")[2]: link for path, link in self.anchors.items()}

        def reference(match: re.Match[str]) -> str:
            link = names.get(match[1])
            return f"[`{match[1]}`]({link})" if link else f"`{match[1]}`"

        def fence(match: re.Match[str]) -> str:
            lines = "\n".join(
                line.removeprefix("    ") for line in match[1].strip("\n").splitlines()
            )
            return f"```python\n{lines}\n```\n\n"

        text = re.sub(r":(?:class|func|meth):`(\w+)`", reference, text)
        text = re.sub(r"``(.+?)``", r"`\1`", text, flags=re.DOTALL)
        return _CODE_BLOCK.sub(fence, text).strip()


def _call(method: griffe.Function) -> str:
    names = []
    for one in method.parameters:
        if one.name in {"self", "cls"}:
            continue
        keyword_only = one.kind is griffe.ParameterKind.keyword_only
        if keyword_only and "*" not in names:
            names.append("*")
        stars = {"variadic positional": "*", "variadic keyword": "**"}
        names.append(stars.get(one.kind.value if one.kind else "", "") + one.name)
    return f"{method.name}({', '.join(names)})"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    escaped = (tuple(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _by_name(one: ClassSource) -> str:
    return one.name
