"""Options that several verbs share."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def add_aws_arguments(parser: argparse.ArgumentParser) -> None:
    """``--profile`` and ``--region``."""
    parser.add_argument("--profile", help="AWS profile (default: as for the AWS CLI)")
    parser.add_argument(
        "--region", help="AWS region (default: the stack's in cdk.out, else as for the AWS CLI)"
    )


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """Which application: ``--stack``, ``--app``, ``--profile``, ``--region``."""
    parser.add_argument(
        "--stack",
        help="CloudFormation stack (default: $DJANGO_CDK_STACK, the one in cdk.out, the one in the "
        "account's region)",
    )
    parser.add_argument(
        "--app", help="which application of a stack that has several, such as MicroBlog"
    )
    add_aws_arguments(parser)


def duration(text: str) -> timedelta:
    """``90s``, ``15m``, ``1h30m``, ``2d`` as a length of time.

    :raises argparse.ArgumentTypeError: for anything else.
    """
    parts = re.findall(r"(\d+)([smhdw])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: give 90s, 15m, 1h, 2d.")
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
