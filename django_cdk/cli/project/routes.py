"""Which paths answer a health check: in the URLs, or in a middleware of the project's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .modules import Module, Modules
from .settings import Settings

# In this order: a liveness path asks nothing behind the process.
_WORDS = ("live", "health", "ping", "alive", "status", "ready")
_HEALTH = re.compile(rf"(?:^|[/_.-])(?:{'|'.join(_WORDS)})", re.IGNORECASE)
_ROUTES = ("path", "re_path", "url")


@dataclass(frozen=True)
class HealthPath:
    """A path that looks like a health check's.

    :param path: from the root, with its leading slash.
    :param early: a middleware answers, before Django looks at the Host header.
    """

    path: str
    early: bool


def health_path(settings: Settings, modules: Modules) -> HealthPath | None:
    """The path to probe; a middleware's first, because a probe by IP address reaches it."""
    early = _best(_middleware_paths(settings, modules))
    if early:
        return HealthPath(early, early=True)
    late = _best(all_paths(settings, modules))
    return HealthPath(late, early=False) if late else None


def answers_early(settings: Settings, modules: Modules, path: str) -> bool:
    """A middleware of the project's own knows this very path."""
    return path in set(_middleware_paths(settings, modules))


def _best(paths: Iterator[str]) -> str:
    healthy = [path.removesuffix("*") for path in paths if _HEALTH.search(path)]
    return min(healthy, key=_rank) if healthy else ""


def _rank(path: str) -> tuple[int, int, str]:
    word = next(number for number, word in enumerate(_WORDS) if word in path.lower())
    return word, len(path), path


def _middleware_paths(settings: Settings, modules: Modules) -> Iterator[str]:
    for name in sorted(settings["MIDDLEWARE"].texts):
        module = modules.find(name.rpartition(".")[0])
        for node in ast.walk(module.tree) if module else ():
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"/[\w./-]*", node.value)
            ):
                yield node.value


def all_paths(settings: Settings, modules: Modules) -> Iterator[str]:
    """Every fixed path of the URLs, includes followed; ``*`` where another package's begin."""
    root = settings["ROOT_URLCONF"].literal()
    module = modules.find(root) if isinstance(root, str) else None
    if module:
        for route in _routes(module, "urlpatterns", modules, ()):
            yield f"/{route}"


def _routes(
    module: Module, name: str, modules: Modules, seen: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    if (module.name, name) in seen:
        return
    seen = (*seen, (module.name, name))
    for assigned in module.assigned.get(name, []):
        for node in ast.walk(assigned.value):
            if isinstance(node, ast.Call) and _is_route(node):
                prefix = _fixed(node)
                view = node.args[1] if len(node.args) > 1 else None
                if prefix is None:
                    continue
                if isinstance(view, ast.Call) and _called(view) == "include":
                    yield from (prefix + rest for rest in _included(view, module, modules, seen))
                else:
                    yield prefix


def _included(
    call: ast.Call, module: Module, modules: Modules, seen: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    target = call.args[0] if call.args else None
    if isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        found = modules.find(target.value)
        # What another package answers below is not known.
        yield from _routes(found, "urlpatterns", modules, seen) if found else ["*"]
    elif isinstance(target, ast.Name):
        yield from _routes(module, target.id, modules, seen)


def _is_route(call: ast.Call) -> bool:
    return _called(call) in _ROUTES and bool(call.args)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _fixed(call: ast.Call) -> str | None:
    """The route as text; None when part of it varies."""
    route = call.args[0]
    if not isinstance(route, ast.Constant) or not isinstance(route.value, str):
        return None
    text = route.value
    if _called(call) != "path":
        text = text.removeprefix("^").removesuffix("$").removesuffix("/?")
        return None if set(text) & set("\\()[]*+?|") else text
    return None if "<" in text else text
