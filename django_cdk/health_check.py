"""A command that tells whether a container still does its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .command import check_command
from .errors import OptionError, check_type

# What ECS takes; docker and Kubernetes take all of it.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
_BOUNDS = {
    "interval": (5, 300),
    "timeout": (2, 60),
    "retries": (1, 10),
    "start_period": (0, 300),
}


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """A command that runs inside a container again and again; a container that fails is replaced.

    :param command: exec form, with the environment of the process it asks; it succeeds with exit
        code 0.
    :param interval: seconds between two runs (5-300).
    :param timeout: seconds after which a run has failed (2-60).
    :param retries: number of failures in a row that make the container unhealthy (1-10).
    :param start_period: seconds after the container's start in which failures do not count (0-300).
    :raises OptionError: a value outside these bounds; no command.
    """

    command: Sequence[str]
    interval: int = 30
    timeout: int = 10
    retries: int = 3
    start_period: int = 60


def check_health_check(option: str, given: HealthCheck | None) -> HealthCheck | None:
    """The check with its command as a tuple; refuses what ECS would refuse."""
    if given is None:
        return None
    check_type(option, given, HealthCheck, "give a HealthCheck: HealthCheck(command=[...]).")
    for name, (lowest, highest) in _BOUNDS.items():
        value = getattr(given, name)
        if type(value) is not int or not lowest <= value <= highest:
            raise OptionError(f"{option}.{name}", value, f"give {lowest} to {highest} as a number.")
    return replace(given, command=check_command(f"{option}.command", given.command))
