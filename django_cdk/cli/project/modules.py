"""Python modules of a project, as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CHANGING = frozenset({"append", "extend", "insert", "setdefault", "update"})


@dataclass(frozen=True)
class Assigned:
    """A value given to a name at a module's top level.

    :param value: the expression.
    :param line: its line.
    :param replaces: nothing that was assigned before still counts.
    """

    value: ast.expr
    line: int
    replaces: bool


@dataclass(frozen=True)
class Imported:
    """What an import binds: a module, or one name of it."""

    module: str
    name: str = ""


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(eq=False)
class Module:
    """One file's top level; the bodies of `if`, `try`, `with` and `for` belong to it."""

    name: str
    path: Path
    tree: ast.Module
    assigned: dict[str, list[Assigned]] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sorts the statements."""
        self._read(self.tree.body, conditional=False)

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if self.path.stem == "__init__" else self.name.rpartition(".")[0]

    def _read(self, body: list[ast.stmt], *, conditional: bool) -> None:
        for statement in body:
            if isinstance(statement, Definition):
                self.definitions[statement.name] = statement
            elif isinstance(statement, ast.Import | ast.ImportFrom):
                self._read_import(statement)
            elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                self._read_assignment(statement, conditional=conditional)
            elif isinstance(statement, ast.Expr):
                self._read_change(statement)
            elif isinstance(statement, ast.If | ast.While):
                self._read_walruses(statement.test)
            for inner in _bodies(statement):
                self._read(inner, conditional=True)

    def _read_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                bound = alias.asname or alias.name.split(".")[0]
                self.imports[bound] = Imported(alias.name if alias.asname else bound)
            return
        module = self._absolute(statement)
        for alias in statement.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self.imports[alias.asname or alias.name] = Imported(module, alias.name)

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        parts = self.package.split(".")
        base = parts[: len(parts) - statement.level + 1]
        return ".".join([*base, *([statement.module] if statement.module else [])])

    def _read_change(self, statement: ast.Expr) -> None:
        """``DATABASES["default"].update(...)``, ``MIDDLEWARE.append(...)``."""
        match statement.value:
            case ast.Call(func=ast.Attribute(value=target, attr=method), args=arguments):
                for name in _names(target) if method in _CHANGING else ():
                    for value in arguments:
                        given = Assigned(value, statement.lineno, replaces=False)
                        self.assigned.setdefault(name, []).append(given)

    def _read_walruses(self, test: ast.expr) -> None:
        for node in ast.walk(test):
            if isinstance(node, ast.NamedExpr):
                value = Assigned(node.value, node.lineno, replaces=False)
                self.assigned.setdefault(node.target.id, []).append(value)

    def _read_assignment(
        self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign, *, conditional: bool
    ) -> None:
        if statement.value is None:
            return
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            whole = isinstance(target, ast.Name) and not isinstance(statement, ast.AugAssign)
            for name in _names(target):
                self.assigned.setdefault(name, []).append(
                    Assigned(statement.value, statement.lineno, whole and not conditional)
                )


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(statement, Definition):
        return
    for part in ("body", "orelse", "finalbody"):
        yield getattr(statement, part, [])
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _names(target: ast.expr) -> Iterator[str]:
    """The names that an assignment changes: ``A["b"]["c"] = 1`` changes A."""
    while isinstance(target, ast.Subscript):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _names(element)


class Modules:
    """The modules under the folder that stands first on the project's path: that of manage.py.

    :param root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, Module | None] = {}

    def find(self, name: str) -> Module | None:
        """The module of that dotted name; None when it is not the project's, or not Python."""
        if name not in self._known:
            self._known[name] = self._load(name)
        return self._known[name]

    def _load(self, name: str) -> Module | None:
        if not name:
            return None
        base = self.root.joinpath(*name.split("."))
        for path in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
            if path.is_file():
                return read_module(path, name)
        return None


def read_module(path: Path, name: str) -> Module | None:
    """Parses a file; None when it is not Python."""
    try:
        return Module(name, path, ast.parse(path.read_bytes()))
    except (SyntaxError, ValueError):
        return None
