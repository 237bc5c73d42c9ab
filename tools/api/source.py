"""The library's source as griffe reads it. Nothing of it is imported."""

from __future__ import annotations

from pathlib import Path

import griffe

from .classes import ClassSource, resolved
from .types import Union, annotation

ROOT = Path(__file__).parents[2]


class Source:
    """The package."""

    def __init__(self, package: str = "django_cdk") -> None:
        self.package = griffe.load(
            package,
            search_paths=[str(ROOT)],
            docstring_parser="sphinx",
            resolve_aliases=True,
            resolve_external=False,
        )

    def find(self, path: str) -> griffe.Object | None:
        """What lies at this path of the package; None when it is elsewhere."""
        prefix = f"{self.package.path}."
        try:
            found = self.package[path.removeprefix(prefix)] if path.startswith(prefix) else None
        except (KeyError, griffe.AliasResolutionError):
            return None
        return found.final_target if isinstance(found, griffe.Alias) else found

    def find_class(self, path: str) -> ClassSource | None:
        """The class at this path; None when there is none."""
        found = self.find(path)
        return ClassSource(self, found) if isinstance(found, griffe.Class) else None

    def alias(self, path: str) -> Union | None:
        """The types that a name such as `Nat = Literal[...]` stands for; None for another."""
        found = self.find(path)
        if not isinstance(found, griffe.Attribute) or not isinstance(found.parent, griffe.Module):
            return None
        return annotation(str(found.value), lambda name: resolved(found.module, name))

    def public(self, name: str) -> griffe.Object:
        """What a public name stands for."""
        found = self.find(f"{self.package.path}.{name}")
        if found is None:
            raise LookupError(f"{self.package.path}.{name} is not in the source.")
        return found
