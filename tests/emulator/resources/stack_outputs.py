"""Fn::GetStackOutput: an output of another stack, in another region too.

AWS looks for the stack in Region. ministack 1.5.33 knows the function from another tool's templates
and looks in the region of the stack at hand alone.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services.cloudformation import engine

from tests.emulator.ministack_parts import wrap

_FUNCTION = "Fn::GetStackOutput"


def _in_its_region(original: Any) -> Any:
    def resolve(value: Any, *about_the_stack: Any) -> Any:
        if not (isinstance(value, dict) and _FUNCTION in value):
            return original(value, *about_the_stack)
        given = {name: original(one, *about_the_stack) for name, one in value[_FUNCTION].items()}
        region = given.pop("Region", get_region())
        with request_scope(get_account_id(), region):
            return original({_FUNCTION: given}, *about_the_stack)

    return resolve


def install() -> None:
    """Puts this in the function's place."""
    wrap(engine, "_resolve_refs", _in_its_region)
