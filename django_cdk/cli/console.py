"""The terminal: results on standard output, all else on standard error."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console as RichConsole
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

_WIDTH_OF_FILES = 240


class Console:
    """Writes for people on a terminal and plainly into files; NO_COLOR is honoured.

    :param out: standard output.
    :param err: standard error.
    """

    def __init__(self, out: RichConsole | None = None, err: RichConsole | None = None) -> None:
        self._out = out or _plain_or_rich(stderr=False)
        self._err = err or _plain_or_rich(stderr=True)

    def show(self, result: RenderableType) -> None:
        """A result on standard output: text is not wrapped, ``[words]`` in it mean nothing."""
        self._out.print(result, markup=False, highlight=False, soft_wrap=isinstance(result, str))

    def raw(self, text: str) -> None:
        """Output of a command on standard output, byte for byte."""
        self._out.file.write(text)
        self._out.file.flush()

    def line(self, text: Text) -> None:
        """One line of a log on standard output, never wrapped."""
        self._out.print(text, soft_wrap=True)

    def note(self, text: str) -> None:
        """What happens, or a hint, on standard error."""
        self._err.print(Text(text, style="dim"), soft_wrap=True)

    def warn(self, text: str) -> None:
        """What the user should know although it works, on standard error."""
        self._err.print(Text(text, style="yellow"), soft_wrap=True)

    def error(self, text: str) -> None:
        """Why it does not work, on standard error."""
        self._err.print(Text.assemble(("Error: ", "bold red"), text), soft_wrap=True)

    def trace(self) -> None:
        """The traceback of the exception at hand, on standard error."""
        self._err.print_exception()

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Shows on a terminal that something is being waited for; elsewhere nothing."""
        if not self._err.is_terminal:
            yield
            return
        with self._err.status(Text(text)):
            yield


def _plain_or_rich(*, stderr: bool) -> RichConsole:
    console = RichConsole(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # Rich folds to 80 columns where nobody says how wide it is.
        console.width = _WIDTH_OF_FILES
    return console
