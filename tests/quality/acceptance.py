"""Findings that stand for a reason: one line each, none too many and none too few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A finding that is accepted where it is found.

    :param rule: regular expression for the rule's whole id.
    :param path: regular expression for the end of the path of the construct or resource, from a
        whole name on.
    :param reason: why it stands: true, of this place.
    :param older_cdk: it is found with older releases of aws-cdk-lib only.
    """

    rule: str
    path: str
    reason: str
    older_cdk: bool = False

    def covers(self, rule: str, path: str) -> bool:
        """True when this rule was found at this path and that is accepted."""
        ends = re.fullmatch(f"(.*/)?{self.path}", path)
        return ends is not None and re.fullmatch(self.rule, rule) is not None


def unlisted(found: Iterable[tuple[str, str]], table: Sequence[Accepted]) -> list[str]:
    """The findings (rule, path) that no line of the table accepts."""
    lines = {
        f"{rule} at {path}"
        for rule, path in found
        if not any(line.covers(rule, path) for line in table)
    }
    return sorted(lines)


def unused(found: Iterable[tuple[str, str]], table: Sequence[Accepted]) -> list[Accepted]:
    """The lines of the table that accept nothing that was found, on any release of the CDK."""
    pairs = list(found)
    current = [line for line in table if not line.older_cdk]
    return [line for line in current if not any(line.covers(*pair) for pair in pairs)]
