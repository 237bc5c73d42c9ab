"""The one error of this library: a wrong option, told in the user's words."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from constructs import IConstruct

P = ParamSpec("P")
C = TypeVar("C", bound="IConstruct")


class OptionError(ValueError):
    """A wrong option: where, which, what was given, and what to give instead.

    :param option: name of the option, as the user wrote it.
    :param value: what was given.
    :param remedy: one or two sentences: what is wrong and what to give instead.
    :param path: path of the construct; filled in by :func:`names_path` when empty.
    """

    def __init__(self, option: str, value: object, remedy: str, *, path: str = "") -> None:
        self.option = option
        self.value = value
        self.remedy = remedy
        self.path = path
        where = f"{path}: " if path else ""
        super().__init__(f"{where}{option}={value!r}: {remedy}")

    def at(self, path: str) -> OptionError:
        """The same error with the path of the construct that was given the option."""
        return OptionError(self.option, self.value, self.remedy, path=path)


def names_path(
    init: Callable[Concatenate[C, P], None],
) -> Callable[Concatenate[C, P], None]:
    """Decorates the ``__init__`` of a public construct: its option errors name its path.

    The rooms below raise without a path, because the user wrote the option at the door.
    """

    @functools.wraps(init)
    def wrapped(self: C, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            init(self, *args, **kwargs)
        except OptionError as error:
            if error.path:
                raise
            raise error.at(self.node.path) from None

    return wrapped


def closest(name: str, known: Iterable[str]) -> str:
    """'did you mean' for a misspelt name, else the whole list."""
    names = sorted(known)
    match = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {match[0]!r}?" if match else f"known are {', '.join(names)}."
