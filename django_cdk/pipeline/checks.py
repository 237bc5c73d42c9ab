"""What several options of this folder have in common: lists of names, and each name's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Token

from ..errors import OptionError

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence


def check_list(option: str, values: Sequence[str]) -> None:
    """Refuses one text where a list is meant: each of its letters would count as an item.

    :raises OptionError: with the list to give.
    """
    if isinstance(values, str):
        raise OptionError(option, values, f"give a list: [{values!r}].")


def check_form(option: str, value: str | None, form: re.Pattern[str], remedy: str) -> None:
    """Refuses a text of another form; None and what is known at deployment only pass.

    :raises OptionError: with the remedy.
    """
    if value is None or Token.is_unresolved(value) or form.fullmatch(value):
        return
    raise OptionError(option, value, remedy)
