"""The types of the CDK's own attributes and methods, as its Python package declares them."""

from __future__ import annotations

import importlib
import inspect
import re
from functools import cache
from typing import Any

from .types import Type, Union, annotation, cdk_page


@cache
def member_types(path: str, name: str, *, call: bool = False) -> Union:
    """The types of an attribute of a CDK class, or of what calling it gives; empty: not known.

    A path that is a module has classes as members: calling one gives an object of it.
    """
    if cdk_page(f"{path}.{name}") is None:
        return ()
    owner = _imported(path)
    member = inspect.getattr_static(owner, name, None)
    if inspect.isclass(member):
        return (Type(f"{path}.{name}"),) if call else ()
    if isinstance(member, property):
        return _declared(member.fget)
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    return _declared(member) if call and inspect.isfunction(member) else ()


def _imported(path: str) -> Any:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name, None)


def _declared(function: Any) -> Union:
    module = importlib.import_module(function.__module__)
    written = inspect.get_annotations(function).get("return")

    def resolve(name: str) -> str:
        # The CDK's packages import each other under such names, for type checkers only.
        other = re.fullmatch(r"_(aws_\w+)_[0-9a-f]{8}", name)
        if other:
            return f"aws_cdk.{other[1]}"
        found = getattr(module, name, None)
        return f"{found.__module__}.{found.__name__}" if inspect.isclass(found) else name

    text = written if isinstance(written, str) else inspect.formatannotation(written)
    return () if written is None else annotation(text, resolve)
