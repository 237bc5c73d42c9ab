"""Where our equipment reaches into ministack: its resource types, and functions that we wrap.

ministack has no interface for either, so these are private parts of version 1.5.33: a name that a
later version no longer has is an error at the start, not a difference that goes unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

Properties = dict[str, Any]
#: The physical id of a resource and what Fn::GetAtt gives of it.
Made = tuple[str, dict[str, Any]]

_off_the_event_loop: set[str] = set()


def register(
    name: str,
    *,
    create: Callable[[str, Properties, str], Made],
    delete: Callable[[str, Properties], None],
    update: Callable[[str, Properties, Properties, str, str], Made] | None = None,
) -> None:
    """Gives CloudFormation a resource type.

    :param create: of logical id, properties and stack name.
    :param delete: of physical id and properties.
    :param update: of physical id, old and new properties, stack name and logical id. None: each
        change is a replacement, whose predecessor CloudFormation deletes when the update is done.
    """

    def replace(
        _physical_id: str, _old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Made:
        return create(logical_id, new, stack)

    provisioners._RESOURCE_HANDLERS[name] = {
        "create": create,
        "update": update or replace,
        "update_with_logical_id": True,
        "delete": delete,
    }
    provisioners._REPLACING_PROPERTIES.pop(name, None)
    run_off_the_event_loop(name)


def run_off_the_event_loop(name: str) -> None:
    """Lets a resource type wait, and call the emulator, without stopping it."""
    _off_the_event_loop.add(name)


def physical_name(
    stack: str, logical_id: str, *, longest: int = 255, lowercase: bool = False
) -> str:
    """The name that CloudFormation generates for a resource that is given none."""
    return provisioners._physical_name(stack, logical_id, max_len=longest, lowercase=lowercase)


def wrap(module: ModuleType, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Puts `wrapper(original)` in a function's place, also in the module's dispatch tables.

    Raises:
        AttributeError: the module has no such function.
    """
    original = getattr(module, name)
    wrapped = wrapper(original)
    for table in [vars(module), *_tables(vars(module))]:
        for key, value in table.items():
            if value is original:
                table[key] = wrapped


def _tables(table: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """The plain dictionaries in a module, and those in them."""
    for value in list(table.values()):
        if type(value) is dict:
            yield value
            yield from (inner for inner in value.values() if type(inner) is dict)


def _runs_on_worker_thread(original: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: name in _off_the_event_loop or original(name)


wrap(stacks, "_runs_on_worker_thread", _runs_on_worker_thread)
