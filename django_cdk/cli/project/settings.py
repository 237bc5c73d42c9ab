"""A settings module with everything it stands on, read statically."""

from __future__ import annotations

import ast
from functools import cached_property

from .flow import EnvironmentRead, Flow, Place
from .modules import Assigned, Module, Modules


class Setting:
    """One setting: the expressions that may be its value.

    :param name: its name.
    :param values: the expressions, those that count last; empty: it is never set.
    :param flow: follows them.
    """

    def __init__(self, name: str, values: list[tuple[Assigned, Module]], flow: Flow) -> None:
        self.name = name
        self._values = values
        self._flow = flow

    def __bool__(self) -> bool:
        """It is set at all."""
        return bool(self._values)

    @property
    def place(self) -> str:
        """File and line of the value that counts last."""
        if not self._values:
            return ""
        assigned, module = self._values[-1]
        return f"{module.path.name}:{assigned.line}"

    @property
    def value(self) -> ast.expr | None:
        """The expression that counts last."""
        return self._values[-1][0].value if self._values else None

    def literal(self) -> object:
        """Its value where that is written out; None where it is computed, or None itself."""
        try:
            return ast.literal_eval(self.value) if self.value is not None else None
        except (ValueError, TypeError, SyntaxError):
            return None

    @cached_property
    def reach(self) -> list[Place]:
        """All that its value may depend on."""
        return [
            place
            for assigned, module in self._values
            for place in self._flow.reach(assigned.value, module)
        ]

    @cached_property
    def reads(self) -> list[EnvironmentRead]:
        """The variables that its value may depend on."""
        return [read for place in self.reach for read in self._flow.read_at(*place)]

    @property
    def variables(self) -> set[str]:
        """Their names."""
        return {read.name for read in self.reads}

    @cached_property
    def texts(self) -> set[str]:
        """Every text that its value may hold."""
        return {
            node.value
            for node, _ in self.reach
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }

    def entries(self, key: str) -> list[ast.expr]:
        """What stands under a key of that name in any dictionary of it."""
        return [value for node, _ in self.reach for value in _under(node, key)]


def _under(node: ast.AST, key: str) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [
            value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key
        ]
    if isinstance(node, ast.keyword) and node.arg == key:
        return [node.value]
    return []


class Settings:
    """A settings module.

    :param module: the module itself.
    :param modules: all of the project.
    """

    def __init__(self, module: Module, modules: Modules) -> None:
        self.module = module
        self._modules = modules
        self.flow = Flow(modules)

    def __getitem__(self, name: str) -> Setting:
        """The setting of that name; false when it is never set."""
        return Setting(name, self._assigned(name, self.module, set()), self.flow)

    def _assigned(self, name: str, module: Module, seen: set[str]) -> list[tuple[Assigned, Module]]:
        """Inherited values first; those that a later assignment replaces are left out."""
        seen.add(module.name)
        found: list[tuple[Assigned, Module]] = []
        for star in module.stars:
            source = self._modules.find(star)
            if source and source.name not in seen:
                found += self._assigned(name, source, seen)
        if name in module.imports:
            places = self.flow.lookup(name, module)
            found += [
                (Assigned(node, node.lineno, replaces=False), home)
                for node, home in places
                if isinstance(node, ast.expr)
            ]
        for assigned in module.assigned.get(name, []):
            # What is replaced may still be read by what replaces it: `flow` follows the name.
            found = [] if assigned.replaces else found
            found.append((assigned, module))
        return found

    @cached_property
    def closure(self) -> list[Module]:
        """The module and every module of the project that it imports, directly or not."""
        found: dict[str, Module] = {}
        waiting = [self.module.name]
        while waiting:
            name = waiting.pop()
            module = self._modules.find(name)
            if module is None or name in found:
                continue
            found[name] = module
            waiting += module.stars
            for imported in module.imports.values():
                waiting += [imported.module, f"{imported.module}.{imported.name}"]
        return list(found.values())

    @cached_property
    def reads(self) -> list[EnvironmentRead]:
        """Every variable that is read while the settings load."""
        return [
            read
            for module in self.closure
            for node in ast.walk(module.tree)
            for read in self.flow.read_at(node, module)
        ]
