"""Names of Kubernetes objects, made from names of processes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_cdk.process import Process

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def dns_name(text: str) -> str:
    """The text as an RFC 1123 label: small letters, digits and hyphens, 63 at most.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:63].strip("-") or "app"


def is_dns_name(text: str) -> bool:
    """True for an RFC 1123 label."""
    return _LABEL.fullmatch(text) is not None


def check_distinct(option: str, processes: Iterable[Process]) -> None:
    """Refuses two processes whose names are one to Kubernetes, such as a_b and a-b.

    :raises OptionError: naming both.
    """
    seen: dict[str, str] = {}
    for process in processes:
        name = dns_name(process.name)
        if name in seen:
            raise OptionError(
                option,
                process.name,
                f"{seen[name]!r} and {process.name!r} are both {name!r} to Kubernetes, which knows "
                "small letters, digits and hyphens only: rename one.",
            )
        seen[name] = process.name
