"""``django-cdk status`` and ``django-cdk status --json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .options import add_stack_arguments

if TYPE_CHECKING:
    import argparse

    from .console import Console

NAME = "status"
HELP = "show how the application is: processes, rollout, release commands, health, alarms, URL"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    add_stack_arguments(parser)
    parser.add_argument(
        "--json", action="store_true", help="for machines; docs/cli.md lists the keys"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Shows it; the exit code is 0 however the application is."""
    from .target import find_target  # noqa: PLC0415 - boto3 may not be installed
    from .view import rendered  # noqa: PLC0415 - rich may not be installed

    with console.waiting("Asking AWS ..."):
        status = find_target(arguments).status()
    if arguments.json:
        console.raw(json.dumps(status.as_json(), indent=2) + "\n")
    else:
        console.show(rendered(status))
    return 0
