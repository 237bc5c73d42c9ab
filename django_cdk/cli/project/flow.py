"""Where a setting's value comes from: followed through names, imports and helper functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .modules import Imported, Module, Modules

_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
_READER = re.compile(r"env|config|secret|setting", re.IGNORECASE)
# Methods of django-environ and functions of dj-database-url that have a name of their own.
_IMPLIED = {
    "env.db": "DATABASE_URL",
    "env.db_url": "DATABASE_URL",
    "dj_database_url.config": "DATABASE_URL",
    "env.cache": "CACHE_URL",
    "env.cache_url": "CACHE_URL",
}


@dataclass(frozen=True)
class EnvironmentRead:
    """A place where a variable is read.

    :param name: the variable.
    :param default: what counts without it; None: nothing is named.
    :param reader: what reads it, as written: ``os.environ.get``.
    :param required: without the variable the project does not start.
    :param module: where.
    :param node: the expression.
    """

    name: str
    default: ast.expr | None
    reader: str
    required: bool
    module: Module
    node: ast.expr


Place = tuple[ast.AST, Module]


class Flow:
    """Follows expressions through a project's modules."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def reach(self, node: ast.AST, module: Module) -> list[Place]:
        """Every node that the value of this one may depend on, with the module it stands in."""
        seen: set[int] = set()
        found: list[Place] = []
        waiting: list[Place] = [(node, module)]
        while waiting:
            start, home = waiting.pop()
            if id(start) in seen:
                continue
            seen.add(id(start))
            for inner in ast.walk(start):
                found.append((inner, home))
                waiting.extend(self._leads_to(inner, home))
        return found

    def _leads_to(self, node: ast.AST, module: Module) -> list[Place]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return self.lookup(node.id, module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            target = self._as_module(module.imports.get(node.value.id))
            return self.lookup(node.attr, target) if target else []
        return []

    def _as_module(self, imported: Imported | None) -> Module | None:
        if imported is None:
            return None
        dotted = f"{imported.module}.{imported.name}" if imported.name else imported.module
        return self._modules.find(dotted)

    def lookup(self, name: str, module: Module, *, depth: int = 20) -> list[Place]:
        """What a name stands for: values assigned to it, a function, a class; also imported."""
        places: list[Place] = [(one.value, module) for one in module.assigned.get(name, [])]
        if name in module.definitions:
            places.append((module.definitions[name], module))
        if not depth:
            return places
        imported = module.imports.get(name)
        sources = [(imported.module, imported.name)] if imported and imported.name else []
        sources += [(star, name) for star in module.stars]
        for source, original in sources:
            if found := self._modules.find(source):
                places += self.lookup(original, found, depth=depth - 1)
        return places

    def reads(self, node: ast.AST, module: Module) -> list[EnvironmentRead]:
        """The variables that the value of this node may depend on."""
        return [read for place in self.reach(node, module) for read in self.read_at(*place)]

    def read_at(self, node: ast.AST, module: Module) -> Iterator[EnvironmentRead]:
        """The variable that this very node reads, if any."""
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
                if dotted(value).endswith("environ") and isinstance(node.ctx, ast.Load):
                    yield EnvironmentRead(name, None, dotted(value), True, module, node)
            case ast.Compare(
                left=ast.Constant(value=str(name)), ops=[ast.In()], comparators=[mapping]
            ):
                if dotted(mapping).endswith("environ"):
                    yield EnvironmentRead(name, None, dotted(mapping), False, module, node)
            case ast.Call():
                yield from self._read_by_call(node, module)

    def _read_by_call(self, node: ast.Call, module: Module) -> Iterator[EnvironmentRead]:
        reader = dotted(node.func)
        if node.args:
            name = _constant(node.args[0])
            if not _NAME.fullmatch(name) or not self._is_reader(node.func, reader, module):
                return
        else:
            name = _implied(node, reader)
        if name:
            default = _default(node)
            required = default is None and self._insists(node, reader, module)
            yield EnvironmentRead(name, default, reader, required, module, node)

    def _functions(self, function: ast.expr, module: Module) -> list[ast.FunctionDef]:
        places = self._leads_to(function, module)
        return [place for place, _ in places if isinstance(place, ast.FunctionDef)]

    def _is_reader(self, function: ast.expr, reader: str, module: Module) -> bool:
        return bool(_READER.search(reader) or self._functions(function, module))

    def _insists(self, node: ast.Call, reader: str, module: Module) -> bool:
        """Without a default, the reader stops when the variable is not there."""
        # dj-database-url falls back to no database.
        if reader.endswith(("environ.get", "getenv")) or reader.startswith("dj_database_url"):
            return False
        own = self._functions(node.func, module)
        return not own or any(
            isinstance(inner, ast.Raise) or dotted(getattr(inner, "value", inner)) == "os.environ"
            for function in own
            if not function.args.defaults
            for inner in ast.walk(function)
            if isinstance(inner, ast.Raise | ast.Subscript)
        )


def _implied(node: ast.Call, reader: str) -> str:
    """The variable of a reader that has one of its own, where none is named."""
    if reader not in _IMPLIED:
        return ""
    named = [_constant(keyword.value) for keyword in node.keywords if keyword.arg == "env"]
    return named[0] if named else _IMPLIED[reader]


def required(reads: Iterable[EnvironmentRead]) -> set[str]:
    """The variables without which nothing works.

    A variable that is asked for with a way out somewhere is guarded by that.
    """
    every = list(reads)
    return {read.name for read in every} - {read.name for read in every if not read.required}


def dotted(node: ast.AST) -> str:
    """``os.environ.get`` as it is written; other expressions are ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _default(node: ast.Call) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg in ("default", "fallback"):
            return keyword.value
    return node.args[1] if len(node.args) > 1 else None
