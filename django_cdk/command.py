"""Commands in exec form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_command(option: str, command: Sequence[str]) -> tuple[str, ...]:
    """The command as a tuple; refuses shell strings, empty commands and empty words."""
    if isinstance(command, str):
        raise OptionError(
            option,
            command,
            f"give the command as a list of words: {command.split()!r}; a shell between the "
            "container and the process would swallow the stop signal.",
        )
    words = tuple(command)
    if not words:
        raise OptionError(
            option, [], 'give at least one word, for example ["python", "manage.py"].'
        )
    for word in words:
        if type(word) is not str or not word:
            raise OptionError(
                option,
                list(words),
                f"{word!r} is no word of a command: give text that is not empty.",
            )
    return words
