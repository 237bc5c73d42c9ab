"""The public attributes of a class: what a construct keeps of what it made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import griffe

from .cdk import member_types
from .classes import ClassSource
from .source import Source
from .types import NONE, Type, Union, dotted, union, without_none


@dataclass(frozen=True)
class Attribute:
    """One public attribute or property."""

    name: str
    types: Union
    meaning: str


@dataclass(frozen=True)
class Assignment:
    """`self.name = value`, and the method it stands in."""

    name: str
    value: ast.expr | None
    annotation: ast.expr | None
    meaning: str
    method: ast.FunctionDef


class Attributes:
    """The attributes of the package's classes, with the types that their assignments show."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._types: dict[tuple[str, str], Union] = {}

    def of(self, owner: ClassSource) -> list[Attribute]:
        """The public attributes of a class: inherited ones, its own, then its properties."""
        inherited = [attribute for parent in owner.parents for attribute in self.of(parent)]
        meanings: dict[str, str] = {}
        for one in assignments(owner):
            if not one.name.startswith("_"):
                meanings[one.name] = meanings.get(one.name) or one.meaning
        properties = [
            Attribute(name, owner.types(member.annotation), summary(member))
            for name, member in owner.node.members.items()
            if isinstance(member, griffe.Attribute)
            and "property" in member.labels
            and not name.startswith("_")
        ]
        own = [
            Attribute(name, self.types(owner, name), meaning or self._kind(owner, name))
            for name, meaning in meanings.items()
        ]
        return [*inherited, *own, *properties]

    def types(self, owner: ClassSource, name: str) -> Union:
        """The types of an attribute, a field or a property of a class of the package."""
        known = self._types.get((owner.path, name))
        if known is not None:
            return known
        # What asks for itself on the way knows nothing new.
        self._types[owner.path, name] = ()
        found = [one for one in assignments(owner) if one.name == name]
        written = [one for one in found if one.annotation is not None]
        if written:
            types = owner.types(ast.unparse(written[0].annotation))  # type: ignore[arg-type]
        elif found:
            types = union(*(Expression(self, owner, one.method).types(one.value) for one in found))
        else:
            member = owner.node.members.get(name)
            annotated = isinstance(member, griffe.Attribute) and member.annotation is not None
            types = owner.types(member.annotation) if annotated else ()  # type: ignore[union-attr]
        self._types[owner.path, name] = types
        return types

    def member(self, types: Union, name: str) -> Union:
        """The types of `.name` of something that has these types."""
        parts = []
        for one in without_none(types):
            alias = self._source.alias(one.path)
            owner = self._source.find_class(one.path)
            if alias is not None:
                parts.append(self.member(alias, name))
            else:
                parts.append(self.types(owner, name) if owner else member_types(one.path, name))
        return union(*parts)

    def returned(self, path: str) -> Union:
        """The types of what a call gives: an object of a class, or what a function returns."""
        if self._source.find_class(path):
            return (Type(path),)
        found = self._source.find(path)
        if not isinstance(found, griffe.Function):
            return member_types(*path.rpartition(".")[::2], call=True) if "." in path else ()
        parent = found.parent
        owner = ClassSource(self._source, parent) if isinstance(parent, griffe.Class) else None
        if found.returns is None:
            return ()
        module = owner or ClassSource(self._source, found)  # type: ignore[arg-type]
        return module.types(found.returns)

    def _kind(self, owner: ClassSource, name: str) -> str:
        """For an attribute without a comment: what its type, or the option of its name, says."""
        options = {option.name: option for option in owner.options}
        types = without_none(self.types(owner, name))
        if name in options and set(types) <= set(options[name].types):
            return options[name].meaning
        kinds = (self._source.find_class(one.path) for one in types)
        return next((first_paragraph(kind.text) for kind in kinds if kind), "")


class Expression:
    """The types of what is written in a method of a class."""

    def __init__(self, attributes: Attributes, owner: ClassSource, method: ast.FunctionDef) -> None:
        self._attributes = attributes
        self._owner = owner
        self._method = method

    def types(self, node: ast.expr | None) -> Union:  # noqa: PLR0911 - one for each form
        """Empty when it does not show."""
        match node:
            case ast.Constant(value=value):
                return (NONE if value is None else Type(type(value).__name__),)
            case ast.IfExp(body=body, orelse=other):
                return union(self.types(body), self.types(other))
            case ast.BoolOp(op=ast.Or(), values=[*values, last]):
                return union(*(without_none(self.types(one)) for one in values), self.types(last))
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return (Type("bool"),)
            case ast.DictComp(value=value):
                return (Type("collections.abc.Mapping", ((Type("str"),), self.types(value))),)
            case ast.ListComp(elt=item):
                return (Type("list", (self.types(item),)),)
            case ast.Call(func=function):
                return self._called(function)
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=value, attr=name):
                return self._attributes.member(self.types(value), name)
            case _:
                return ()

    def _called(self, function: ast.expr) -> Union:
        match function:
            case ast.Name(id=name) if name in {"str", "bool", "list"}:
                return (Type(name),)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._attributes.returned(f"{self._owner.path}.{name}")
            case ast.Name() | ast.Attribute():
                path = dotted(ast.unparse(function), self._owner.resolve)
                found = self._attributes.returned(path)
                if found or not isinstance(function, ast.Attribute):
                    return found
                owners = without_none(self.types(function.value))
                paths = [f"{one.path}.{function.attr}" for one in owners]
                return union(*(self._attributes.returned(path) for path in paths))
            case _:
                return ()

    def _named(self, name: str) -> Union:
        if name == "self":
            return (Type(self._owner.path),)
        arguments = [*self._method.args.args, *self._method.args.kwonlyargs]
        for argument in arguments:
            if argument.arg == name and argument.annotation:
                return self._owner.types(ast.unparse(argument.annotation))
        local = [
            node.value
            for node in ast.walk(self._method)
            if isinstance(node, ast.Assign)
            and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
        ]
        constant = self._owner.constant(name)
        return union(*(self.types(value) for value in [*local, *([constant] if constant else [])]))


def assignments(owner: ClassSource) -> Iterator[Assignment]:
    """Every `self.name = ...` in the methods of a class, with the `#:` comment above it."""
    lines = owner.lines_of_file.splitlines()
    for method in owner.tree.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        for node in ast.walk(method):
            meaning = _comment_above(lines, node.lineno) if isinstance(node, ast.stmt) else ""
            for name, value, written in _targets(node):
                yield Assignment(name, value, written, meaning, method)


def _targets(node: ast.AST) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    if isinstance(node, ast.AnnAssign):
        yield from ((name, node.value, node.annotation) for name in _own(node.target))
    if isinstance(node, ast.Assign):
        (target,) = node.targets[:1]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts, strict=True):
                yield from ((name, value, None) for name in _own(one))
        else:
            yield from ((name, node.value, None) for name in _own(target))


def _own(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            yield name


def _comment_above(lines: list[str], number: int) -> str:
    found: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.strip().startswith("#:"):
            break
        found.insert(0, line.strip().removeprefix("#:").strip())
    return " ".join(found)


def summary(member: griffe.Object) -> str:
    """The first paragraph of a docstring, in one line."""
    return first_paragraph(member.docstring.value if member.docstring else "")


def first_paragraph(text: str) -> str:
    """In one line."""
    return " ".join(text.partition("\n\n")[0].split())
