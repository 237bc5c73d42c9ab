"""One CloudFormation request, decoded."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .contract import decode, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

_CURRENT = re.compile(r"(?:[A-Za-z0-9_-]{8})+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """The current build: where its files lie, and which they are."""

    bucket: str
    patterns: tuple[str, ...]
    current: frozenset[str]

    @classmethod
    def from_properties(cls, properties: Mapping[str, object]) -> Build:
        """Decodes `ResourceProperties`.

        Raises `ValueError` naming the property, the value and what to give instead.
        """
        bucket = properties.get("Bucket")
        if not isinstance(bucket, str) or not bucket:
            raise _wrong("Bucket", bucket, "the name of a bucket")
        patterns = properties.get("Patterns")
        if not (
            isinstance(patterns, list)
            and patterns
            and all(isinstance(one, str) and one for one in patterns)
        ):
            raise _wrong("Patterns", patterns, 'a list of patterns such as ["assets/*"]')
        current = properties.get("Current")
        if not isinstance(current, str) or not _CURRENT.fullmatch(current):
            raise _wrong("Current", str(current)[:40], "what contract.fingerprints() returns")
        return cls(
            bucket=bucket, patterns=tuple(cast("list[str]", patterns)), current=decode(current)
        )

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What to list: what each pattern says before its first wildcard, none inside another."""
        heads = sorted({re.split(r"[*?\[]", pattern)[0] for pattern in self.patterns})
        return tuple(
            head
            for head in heads
            if not any(head != other and head.startswith(other) for other in heads)
        )

    def matches(self, key: str) -> bool:
        """Whether the key is that of a hashed file, of this build or another."""
        return any(fnmatch.fnmatchcase(key, pattern) for pattern in self.patterns)

    def has(self, key: str) -> bool:
        """Whether the key is that of a file of this build."""
        return fingerprint(key) in self.current


def physical_id(event: Mapping[str, str]) -> str:
    """The same for a resource's whole life: a new one would bring a Delete after each update."""
    given = event.get("PhysicalResourceId")
    if given:
        return given
    name = f"{event['StackId']}/{event['LogicalResourceId']}"
    return f"superseded-{hashlib.sha256(name.encode()).hexdigest()[:28]}"


def _wrong(name: str, given: object, wanted: str) -> ValueError:
    return ValueError(f"Property {name} of the superseded files is {given!r}; give {wanted}.")
