"""One class as griffe reads it: its options, its docstring, what its names stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import griffe

from .types import Union, annotation

if TYPE_CHECKING:
    from .source import Source

_REFERENCE = re.compile(r":class:`(\w+)`")


@dataclass(frozen=True)
class Option:
    """One option of a construct, or one field of a value."""

    name: str
    types: Union
    #: As it is written; None: it must be given.
    default: str | None
    meaning: str


@dataclass(frozen=True)
class ClassSource:
    """One class of the package."""

    source: Source
    node: griffe.Class

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    @property
    def path(self) -> str:
        """Where it is written."""
        return self.node.path

    @cached_property
    def bases(self) -> list[str]:
        """The paths of the classes that it is made from."""
        return [resolved(self.node.module, str(base)) for base in self.node.bases]

    @property
    def is_typed_dict(self) -> bool:
        """A dictionary of options."""
        return "typing.TypedDict" in self.bases or any(one.is_typed_dict for one in self.parents)

    @property
    def is_construct(self) -> bool:
        """A part of the tree."""
        return any("Construct" in base for base in self.bases) or any(
            one.is_construct for one in self.parents
        )

    @property
    def text(self) -> str:
        """The docstring without its fields."""
        return "\n\n".join(
            str(section.value)
            for section in self._sections
            if section.kind is griffe.DocstringSectionKind.text
        )

    @property
    def raises(self) -> list[tuple[str, str]]:
        """Error -> when."""
        return raises(self._sections)

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Option -> what the docstring says about it."""
        return {
            one.name: _flat(one.description)
            for section in self._sections
            if section.kind is griffe.DocstringSectionKind.parameters
            for one in section.value
        }

    @cached_property
    def options(self) -> list[Option]:
        """What the constructor takes by name, with what it hands on."""
        if self.is_typed_dict or "dataclass" in self.node.labels:
            return self._fields()
        init = self.node.members.get("__init__")
        if not isinstance(init, griffe.Function):
            return []
        return [
            option
            for parameter in init.parameters
            if parameter.name not in {"self", "scope", "id"}
            for option in self._option(parameter)
        ]

    @cached_property
    def own_options(self) -> list[str]:
        """The options that this class documents itself."""
        init = self.node.members.get("__init__")
        if self.is_typed_dict:
            return []
        if "dataclass" in self.node.labels or not isinstance(init, griffe.Function):
            return [one.name for one in self.options]
        names = [one.name for one in init.parameters]
        return [name for name in names if name not in {"self", "scope", "id"}]

    @property
    def tree(self) -> ast.ClassDef:
        """Its syntax tree."""
        (found,) = [
            node
            for node in ast.walk(ast.parse(self.lines_of_file))
            if isinstance(node, ast.ClassDef) and node.name == self.name
        ]
        return found

    @cached_property
    def lines_of_file(self) -> str:
        """The text of the file it stands in."""
        return Path(str(self.node.filepath)).read_text()

    def resolve(self, name: str) -> str:
        """The path of what a name of its module stands for, where that is written."""
        path = resolved(self.node.module, name)
        found = self.source.find(path)
        return found.path if found else path

    def constant(self, name: str) -> ast.expr | None:
        """The value of a constant that its module uses; None when there is none of this name."""
        found = self.source.find(self.resolve(name))
        if not isinstance(found, griffe.Attribute) or found.value is None:
            return None
        return ast.parse(str(found.value), mode="eval").body

    def types(self, written: object) -> Union:
        """The types of an annotation that is written in its module."""
        return annotation(str(written), self.resolve)

    @property
    def _sections(self) -> list[griffe.DocstringSection]:
        return self.node.docstring.parsed if self.node.docstring else []

    @property
    def parents(self) -> Iterator[ClassSource]:
        """The classes of the package that it is made from."""
        for base in self.bases:
            found = self.source.find_class(base)
            if found:
                yield found

    def _option(self, parameter: griffe.Parameter) -> Iterator[Option]:
        if parameter.kind is griffe.ParameterKind.var_keyword:
            (unpacked,) = self.types(parameter.annotation)
            ((props,),) = unpacked.arguments
            found = self.source.find_class(props.path)
            yield from found.options if found else []
            return
        yield Option(
            name=parameter.name,
            types=self.types(parameter.annotation),
            default=None if parameter.required else self._default(str(parameter.default)),
            meaning=self.meanings.get(parameter.name, ""),
        )

    def _fields(self) -> list[Option]:
        inherited = [option for parent in self.parents for option in parent.options]
        told = {option.name: option for other in self._told_elsewhere for option in other.options}
        own = [
            told.get(name)
            or Option(
                name=name,
                types=self.types(member.annotation),
                default=None if member.value is None else self._default(str(member.value)),
                meaning=self.meanings.get(name, ""),
            )
            for name, member in self.node.members.items()
            if isinstance(member, griffe.Attribute)
            and "property" not in member.labels
            and member.annotation is not None
            and not name.startswith("_")
        ]
        return [*inherited, *own]

    @property
    def _told_elsewhere(self) -> Iterator[ClassSource]:
        """A dictionary of options names the class that says what they mean."""
        names = _REFERENCE.findall(self.text) if self.is_typed_dict else []
        for name in dict.fromkeys(names):
            found = self.source.find_class(f"{self.source.package.path}.{name}")
            if found and not found.is_typed_dict:
                yield found

    def _default(self, text: str) -> str:
        """A default as a reader understands it: constants by their value."""
        match ast.parse(text, mode="eval").body:
            case ast.Name(id=name) if (constant := self.constant(name)) is not None:
                return _code(ast.unparse(constant))
            case ast.Call(keywords=[ast.keyword(arg="default_factory", value=made)]):
                return _made_by(made)
        return _code(re.sub(r"\b[a-z0-9]+\.(?=[A-Z])", "", text))


def raises(sections: list[griffe.DocstringSection]) -> list[tuple[str, str]]:
    """Error -> when, out of a docstring."""
    return [
        (str(one.annotation), _flat(one.description))
        for section in sections
        if section.kind is griffe.DocstringSectionKind.raises
        for one in section.value
    ]


def _code(text: str) -> str:
    """With the quotes of this library's own style."""
    return text if '"' in text else text.replace("'", '"')


def _made_by(factory: ast.expr) -> str:
    match factory:
        case ast.Name(id="dict"):
            return "{}"
        case ast.Lambda(body=ast.Call(func=ast.Name(id="dict"), args=[value])):
            return ast.unparse(value)
        case _:
            return ast.unparse(factory)


def resolved(module: griffe.Object, name: str) -> str:
    """The path of a name of a module; the name itself when it is Python's own."""
    first, dot, rest = name.partition(".")
    try:
        return f"{module.resolve(first)}{dot}{rest}"
    except griffe.NameResolutionError:
        return name


def _flat(text: str) -> str:
    return " ".join(text.split())
