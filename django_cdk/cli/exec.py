"""``django-cdk exec --process worker:celery -- bash``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OWN_FAILURE
from .options import add_stack_arguments

if TYPE_CHECKING:
    import argparse

    from .console import Console

NAME = "exec"
HELP = "run any command in a running task: exec --process worker:celery -- bash"
FAILURE = OWN_FAILURE

_DEFAULT_COMMAND = ("sh",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_stack_arguments(parser)
    add_process_argument(parser)
    parser.add_argument(
        "command", nargs="*", help="behind --: the command and its options (default: sh)"
    )


def add_process_argument(parser: argparse.ArgumentParser) -> None:
    """``--process``."""
    parser.add_argument(
        "--process",
        default="web",
        metavar="web|worker:NAME|beat",
        help="in which process (default: web)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Runs it and ends with its own exit code."""
    from .target import choose_process, find_target  # noqa: PLC0415 - boto3 may not be installed

    target = find_target(arguments)
    process = choose_process(target.labels(), arguments.process)
    return target.enter(process, arguments.command or _DEFAULT_COMMAND, console)
