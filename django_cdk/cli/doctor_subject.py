"""What `django-cdk doctor` looks at: the project, its image and its CDK app."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from django_cdk.app import DjangoApp

from .project.contract import Contract
from .project.declared import Declared, find_declared
from .project.dockerfile import Dockerfile
from .project.find import Project
from .project.launch import Launch
from .project.settings import Settings

_DEFAULTS = {one.name: one.default for one in fields(DjangoApp)}


@dataclass(eq=False)
class Subject:
    """A project in front of the doctor.

    :param project: its files.
    :param declared: what its CDK app says.
    :param given_settings: the settings module that the user named.
    """

    project: Project
    declared: Declared
    given_settings: str | None = None

    @cached_property
    def dockerfile(self) -> Dockerfile | None:
        """The Dockerfile that is built."""
        name = self.declared.text("dockerfile")
        path = self.project.root / name if name else None
        if path and path.is_file():
            return Dockerfile(path, self.project.root)
        return self.project.dockerfile()

    @cached_property
    def launch(self) -> Launch | None:
        """How its image starts."""
        return Launch(self.dockerfile) if self.dockerfile else None

    @cached_property
    def settings_name(self) -> str | None:
        """The settings module that runs in production."""
        found = self.project.settings_modules(self.dockerfile)
        return (
            self.given_settings
            or self.declared.text("django_settings_module")
            or (found[0] if found else None)
        )

    @cached_property
    def settings(self) -> Settings | None:
        """Those settings."""
        return self.project.settings(self.settings_name) if self.settings_name else None

    @cached_property
    def contract(self) -> Contract:
        """The variables that reach the containers."""
        plain = self.declared.keys.get("environment_variables", [])
        return Contract(self.declared.environment, [*plain, *self.declared.keys.get("secrets", [])])

    def option(self, name: str) -> object:
        """An option of the application as it is given, or its default."""
        return self.declared.values.get(name, _DEFAULTS[name])

    def serves(self, variables: Collection[str], *tokens: str) -> bool:
        """One of these variables holds such a token, or the team gives it itself."""
        own = self.contract.names - {*self.contract.environment}
        return bool({*variables} & {*self.contract.names_of(*tokens), *own})

    def names(self, *tokens: str) -> str:
        """The contract's names for these tokens, for a sentence."""
        names = self.contract.names_of(*tokens)
        return " or ".join(names) if names else f"a variable with {{{tokens[0]}}}"


def make_subject(project: Project, settings: str | None) -> Subject:
    """The project with the CDK app in its folder."""
    return Subject(project, find_declared(project.folder), settings)


def relative(path: Path, folder: Path) -> str:
    """A path as the user knows it."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
