"""``django-cdk manage -- migrate --plan``."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from .errors import OWN_FAILURE, CliError
from .options import add_stack_arguments

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .console import Console

NAME = "manage"
HELP = "run a command of manage.py beside the web process: manage -- migrate --plan"
FAILURE = OWN_FAILURE

_NO_INPUT = ("--noinput", "--no-input")
_GIVEN = ("-c", "--command")
# Command of Django -> options with which it asks nothing.
_ASKING = {
    "changepassword": (),
    "collectstatic": (*_NO_INPUT, "-n", "--dry-run"),
    "createsuperuser": _NO_INPUT,
    "dbshell": _GIVEN,
    "flush": _NO_INPUT,
    "shell": _GIVEN,
    "shell_plus": _GIVEN,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_stack_arguments(parser)
    parser.add_argument(
        "--interactive",
        action="store_true",
        help="in a running web task, attached to this terminal; by itself for commands that ask, "
        "such as createsuperuser",
    )
    parser.add_argument(
        "--manage-py",
        metavar="COMMAND",
        help="how the image calls manage.py, such as 'uv run manage.py' (default: as the release "
        "commands do)",
    )
    parser.add_argument("command", nargs="*", help="behind --: the command and its options")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Runs it and ends with its own exit code."""
    from .target import find_target  # noqa: PLC0415 - boto3 may not be installed

    words: list[str] = arguments.command
    if not words:
        raise CliError("Which command of manage.py? django-cdk manage -- migrate --plan")
    interactive = arguments.interactive or asks(words)
    if interactive and not arguments.interactive and not sys.stdin.isatty():
        raise CliError(_without_terminal(words[0]))
    target = find_target(arguments)
    given = arguments.manage_py
    command = [*(shlex.split(given) if given else target.manage_py()), *words]
    if interactive:
        return target.enter("web", command, console)
    return target.run_once(command, console)


def asks(words: Sequence[str]) -> bool:
    """The command asks the user something and needs a terminal."""
    quiet = _ASKING.get(words[0])
    return quiet is not None and not any(word.partition("=")[0] in quiet for word in words[1:])


def _without_terminal(name: str) -> str:
    quiet = _ASKING[name]
    remedy = f"give {' or '.join(quiet)}, " if quiet else ""
    return (
        f"{name} asks questions, and there is no terminal here: {remedy}"
        "run it in a terminal, or force it with --interactive."
    )
