"""What the project's CDK app says about the application, read from its call of a construct."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .find import files_under
from .flow import dotted
from .modules import read_module

_CONSTRUCTS = ("DjangoEcs", "DjangoEks", "DjangoVue", "DockerEc2")
_FILE = re.compile(r"[\w./-]+\.py\b")
_MODULE = re.compile(r"-m\s+([\w.]+)")


@dataclass(frozen=True)
class Declared:
    """The options of the construct's call; those that are not written out are left out.

    :param path: the file; None: there is no CDK app yet.
    :param given: the names of all options that are given.
    :param values: option -> value.
    :param keys: option -> keys of its dictionary.
    """

    path: Path | None = None
    given: frozenset[str] = frozenset()
    values: Mapping[str, object] = field(default_factory=dict)
    keys: Mapping[str, list[str]] = field(default_factory=dict)

    def text(self, option: str) -> str | None:
        """The text given for an option."""
        value = self.values.get(option)
        return value if isinstance(value, str) else None

    @property
    def environment(self) -> Mapping[str, str] | None:
        """The project's own environment table; None: the default one."""
        value = self.values.get("environment")
        if not isinstance(value, dict):
            return None
        return {name: one for name, one in value.items() if isinstance(one, str)}


def find_declared(folder: Path) -> Declared:
    """The first application in the CDK app of a folder, or of the folders below."""
    for path in files_under(folder, depth=2):
        if path.name == "cdk.json" and (program := _program(path)):
            module = read_module(program, "")
            for node in ast.walk(module.tree) if module else ():
                if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in _CONSTRUCTS:
                    return _read(program, node)
    return Declared()


def _program(cdk_json: Path) -> Path | None:
    try:
        command = json.loads(cdk_json.read_text()).get("app", "")
    except (ValueError, AttributeError):
        return None
    names = [match.replace(".", "/") + ".py" for match in _MODULE.findall(str(command))]
    names += _FILE.findall(str(command))
    return next((one for name in names if (one := cdk_json.parent / name).is_file()), None)


def _read(path: Path, call: ast.Call) -> Declared:
    options = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    values: dict[str, object] = {}
    keys: dict[str, list[str]] = {}
    for name, value in options.items():
        with suppress(ValueError, TypeError):
            values[name] = ast.literal_eval(value)
        if isinstance(value, ast.Dict):
            keys[name] = [str(key.value) for key in value.keys if isinstance(key, ast.Constant)]
    return Declared(path, frozenset(options), values, keys)
