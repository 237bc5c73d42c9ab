"""What `django-cdk doctor` says about one thing that is not as it should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding.

    :param check: the check's name, which stays the same between versions.
    :param level: an ``error`` keeps the application from working; a ``warning`` costs something.
    :param message: what is, and what follows from it.
    :param remedy: what to do.
    :param place: file and line, where there is one.
    """

    check: str
    level: Level
    message: str
    remedy: str
    place: str = ""

    def as_json(self) -> dict[str, str]:
        """For machines."""
        return asdict(self)


def error(check: str, message: str, remedy: str, place: str = "") -> Finding:
    """A finding that keeps the application from working."""
    return Finding(check=check, level="error", message=message, remedy=remedy, place=place)


def warning(check: str, message: str, remedy: str, place: str = "") -> Finding:
    """A finding that costs something."""
    return Finding(check=check, level="warning", message=message, remedy=remedy, place=place)
