"""``django-cdk logs --process web --since 1h --follow --grep Traceback``."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .options import add_stack_arguments, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from .console import Console
    from .target import LogLine

NAME = "logs"
HELP = "show what the processes write: logs --process web --since 1h --follow"

_SINCE = timedelta(hours=1)
_SINCE_WHEN_FOLLOWING = timedelta(minutes=5)
_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_red", "bright_cyan")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_stack_arguments(parser)
    parser.add_argument(
        "--process",
        action="append",
        metavar="NAME",
        help="web, worker:NAME, beat, release, scheduled:NAME; may be repeated (default: all)",
    )
    parser.add_argument(
        "--since",
        type=duration,
        help="how far back: 90s, 15m, 1h, 2d (default: 1h, with --follow 5m)",
    )
    parser.add_argument(
        "--follow", "-f", action="store_true", help="go on with what comes, until Ctrl-C"
    )
    parser.add_argument(
        "--grep", type=_pattern, metavar="REGEX", help="only lines in which this is found"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Shows them."""
    from .target import choose_process, find_target  # noqa: PLC0415 - boto3 may not be installed

    target = find_target(arguments)
    every = target.labels()
    labels = [choose_process(every, one) for one in arguments.process or every]
    back = arguments.since or (_SINCE_WHEN_FOLLOWING if arguments.follow else _SINCE)
    since = datetime.now(UTC) - back
    show = _Lines(labels, arguments.grep, console)
    lines = (
        target.follow(labels, since, console) if arguments.follow else target.history(labels, since)
    )
    for line in lines:
        show.show(line)
    return 0


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}.") from None


class _Lines:
    """Shows lines, each behind its time and its process in the process's colour."""

    def __init__(
        self, labels: Sequence[str], pattern: re.Pattern[str] | None, console: Console
    ) -> None:
        self._width = max((len(label) for label in labels), default=0)
        self._colours = {
            label: _COLOURS[index % len(_COLOURS)] for index, label in enumerate(labels)
        }
        self._pattern = pattern
        self._console = console

    def show(self, line: LogLine) -> None:
        """One line, if the pattern is found in it."""
        if self._pattern is None or self._pattern.search(line.text):
            self._console.line(self._render(line))

    def _render(self, line: LogLine) -> Text:
        from rich.text import Text  # noqa: PLC0415 - rich may not be installed

        from .text import harmless  # noqa: PLC0415 - beside it

        text = Text.from_ansi(harmless(line.text))
        if self._pattern is not None:
            text.highlight_regex(self._pattern, "bold reverse")
        time = line.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        colour = self._colours.get(line.process, "white")
        return Text.assemble(
            (f"{time} ", "dim"), (f"{line.process:<{self._width}} | ", colour), text
        )
