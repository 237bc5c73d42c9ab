"""The one error of this library: a wrong option, told in the user's words."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from types import UnionType

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
        super().__init__(f"{where}{option}={_shown(value)}: {remedy}")

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


@contextmanager
def told_as(names: Mapping[str, str], *, path: str) -> Iterator[None]:
    """Errors of an inner construct as its user knows the options.

    :param names: the inner construct's option -> what the user's construct calls it.
    :param path: path of the user's construct.
    """
    try:
        yield
    except OptionError as error:
        option = names.get(error.option, error.option)
        raise OptionError(option, error.value, error.remedy, path=path) from None


def refuse_without(other: str, *, present: object, **given: object) -> None:
    """Refuses options that would do nothing because another one is missing.

    :param other: name of the option that would use them.
    :param present: its value; None when it is missing.
    :param given: option -> value; None: not given.
    :raises OptionError: naming the first option that would do nothing.
    """
    for option, value in given.items():
        if present is None and value is not None:
            raise OptionError(option, value, f"it does nothing without {other}: give both.")


def given(value: object, default: object) -> object:
    """The value, or None where it is the default: for :func:`refuse_without`."""
    return None if value == default else value


def check_choice(option: str, value: object, choices: Sequence[object]) -> None:
    """Refuses what is not one of the choices.

    :raises OptionError: with the choices.
    """
    if value not in choices:
        raise OptionError(option, value, f"give one of {', '.join(map(repr, choices))}.")


def refuse_together(reason: str, **given: object) -> None:
    """Refuses two options that say the same.

    :param given: exactly two options -> value; None: not given.
    :raises OptionError: naming both.
    """
    (one, value), (other, other_value) = given.items()
    if value is not None and other_value is not None:
        raise OptionError(one, value, f"{other} {reason}: give one of the two.")


def check_type(option: str, value: object, kinds: type | UnionType, remedy: str) -> None:
    """Refuses a value of another type than these, for users without a type checker.

    :raises OptionError: with the remedy.
    """
    if not isinstance(value, kinds):
        raise OptionError(option, value, remedy)


def _shown(value: object) -> str:
    # A construct's repr is an address in memory; its path says which one it is.
    path = getattr(getattr(value, "node", None), "path", None)
    return repr(value) if path is None else f"<{path}>"


def closest(name: str, known: Iterable[str]) -> str:
    """'did you mean' for a misspelt name, else the whole list."""
    names = sorted(known)
    match = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {match[0]!r}?" if match else f"known are {', '.join(names)}."
