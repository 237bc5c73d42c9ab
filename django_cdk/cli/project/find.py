"""Finds what a deployment needs to know about the project in a folder."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .dockerfile import Dockerfile
from .flow import dotted
from .modules import Modules, read_module
from .settings import Settings

_SKIPPED = frozenset(
    {"node_modules", "__pycache__", "site-packages", "cdk.out", "build", "dist", "static", "media"}
)
# Settings modules that are meant for servers, by their last name; the first that is there wins.
PRODUCTION = ("production", "prod", "aws", "deploy", "live")
_NOT_FOR_SERVERS = ("local", "dev", "test", "ci")
_DJANGO = re.compile(r"^django\s*(?:\[[^]]*\])?\s*([=<>~!]=?[^;#]*)?", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(r"(\d+)\.(\d+)")


def files_under(folder: Path, *, depth: int = 6) -> Iterator[Path]:
    """The files a person wrote, in order; environments, caches and hidden folders are left out."""
    for where, folders, names in os.walk(folder):
        here = Path(where)
        level = len(here.relative_to(folder).parts)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED
            and not name.startswith(".")
            and level < depth
            and not (here / name / "pyvenv.cfg").is_file()
        )
        yield from (here / name for name in sorted(names))


@dataclass(eq=False)
class Project:
    """A Django project in a folder.

    :param folder: where the user stands.
    :param root: the folder of its manage.py.
    """

    folder: Path
    root: Path

    @cached_property
    def modules(self) -> Modules:
        """Its Python modules."""
        return Modules(self.root)

    @cached_property
    def files(self) -> list[Path]:
        """Its files."""
        return list(files_under(self.root))

    def settings(self, name: str) -> Settings | None:
        """The settings of that dotted name; None when there is no such module."""
        module = self.modules.find(name)
        return Settings(module, self.modules) if module else None

    @cached_property
    def dockerfiles(self) -> list[Path]:
        """The Dockerfiles in it; without one, that of the nearest folder around it."""
        found = [path for path in self.files if path.name == "Dockerfile"]
        around = [parent / "Dockerfile" for parent in self.root.parents]
        inside = (path for path in around if path.parent.is_relative_to(self.folder))
        return found or [path for path in inside if path.is_file()][:1]

    def dockerfile(self, given: str | None = None) -> Dockerfile | None:
        """The one to build; None when there is none, or several alike.

        :param given: its path in the folder, when the user named it.
        """
        path = self.folder / given if given else self._certain_dockerfile()
        if path is None:
            return None
        context = self.root if path.is_relative_to(self.root) else path.parent
        return Dockerfile(path, context)

    def _certain_dockerfile(self) -> Path | None:
        every = self.dockerfiles
        at_root = [path for path in every if path.parent == self.root]
        production = [path for path in every if any(part in PRODUCTION for part in path.parts)]
        of_django = [path for path in production if path.parent.name == "django"]
        choices = (at_root, every, production, of_django)
        return next((choice[0] for choice in choices if len(choice) == 1), None)

    def settings_modules(self, dockerfile: Dockerfile | None) -> list[str]:
        """The candidates for production, the best first."""
        named = [
            (dockerfile.stage.variables().get("DJANGO_SETTINGS_MODULE", "") if dockerfile else ""),
            *(_named_settings(path) for path in self.files if path.name in ("wsgi.py", "asgi.py")),
            _named_settings(self.root / "manage.py"),
        ]
        candidates = dict.fromkeys(name for name in named if name and self.modules.find(name))
        siblings = [sibling for name in candidates for sibling in self._production_siblings(name)]
        meant = [name for name in candidates if not _is_for_development(name)]
        return list(dict.fromkeys([*meant, *siblings, *candidates]))

    def _production_siblings(self, name: str) -> Iterator[str]:
        package = name.rpartition(".")[0]
        module = self.modules.find(name)
        if module and module.path.stem == "__init__":
            package = name
        for last in PRODUCTION:
            if self.modules.find(f"{package}.{last}"):
                yield f"{package}.{last}"

    def celery_apps(self) -> list[str]:
        """Every celery application: ``package.module:name``."""
        return [
            f"{module}:{name}"
            for path in self.files
            if path.suffix == ".py" and b"Celery(" in path.read_bytes()
            for module in [_dotted_path(path, self.root)]
            for name in _celery_names(path)
        ]

    @cached_property
    def requirements(self) -> str:
        """The text of its requirements files, pyproject.toml and Pipfile."""
        return "\n".join(
            path.read_text(errors="replace")
            for path in self.files
            if re.fullmatch(r"(.*requirements.*|base|production|prod)\.(txt|in)", path.name)
            or path.name in ("pyproject.toml", "Pipfile")
        )

    def requires(self, package: str) -> bool:
        """One of its requirements files names the package."""
        return bool(re.search(rf"(?im)^[\s\"']*{re.escape(package)}\b", self.requirements))

    def django_version(self) -> tuple[int, int] | None:
        """The lowest Django that its requirements name; None: not told."""
        text = re.sub(r"(?m)^[\s\"']+|[\"',]+$", "", self.requirements)
        versions = [
            (int(found[1]), int(found[2]))
            for match in _DJANGO.finditer(text)
            for found in [_VERSION.search(re.sub(r"<=?\s*[\d.]+", "", match[1] or ""))]
            if found
        ]
        return min(versions, default=None)


def find_project(folder: Path) -> Project | None:
    """The Django project in a folder, whose manage.py lies there or nearest below."""
    found = [path for path in files_under(folder, depth=3) if path.name == "manage.py"]
    if not found:
        return None
    nearest = min(found, key=lambda path: (len(path.parts), path))
    return Project(folder, nearest.parent)


def _is_for_development(name: str) -> bool:
    return name.rpartition(".")[2].startswith(_NOT_FOR_SERVERS)


def _dotted_path(path: Path, root: Path) -> str:
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _named_settings(path: Path) -> str:
    """The settings module that ``os.environ.setdefault`` or an assignment names."""
    module = read_module(path, "") if path.is_file() else None
    for node in ast.walk(module.tree) if module else ():
        match node:
            case ast.Call(
                args=[ast.Constant(value="DJANGO_SETTINGS_MODULE"), ast.Constant(value=str(name))]
            ):
                return name
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value="DJANGO_SETTINGS_MODULE"))],
                value=ast.Constant(value=str(name)),
            ):
                return name
    return ""


def _celery_names(path: Path) -> list[str]:
    module = read_module(path, "")
    if module is None:
        return []
    return [
        name
        for name, values in module.assigned.items()
        for one in values
        if isinstance(one.value, ast.Call) and dotted(one.value.func) in ("Celery", "celery.Celery")
    ]
