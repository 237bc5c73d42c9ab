"""``django-cdk shell``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OWN_FAILURE
from .exec import add_process_argument
from .options import add_stack_arguments

if TYPE_CHECKING:
    import argparse

    from .console import Console

NAME = "shell"
HELP = "open Django's shell in a running task"
FAILURE = OWN_FAILURE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_stack_arguments(parser)
    add_process_argument(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Runs it and ends with its own exit code."""
    from .target import choose_process, find_target  # noqa: PLC0415 - boto3 may not be installed

    target = find_target(arguments)
    process = choose_process(target.labels(), arguments.process)
    return target.enter(process, [*target.manage_py(), "shell"], console)
