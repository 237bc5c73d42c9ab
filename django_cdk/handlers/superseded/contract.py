"""What the stack and the Lambda code agree on. Standard library only: both sides import it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUPERSEDED_TAG = "django-cdk-superseded"
"""Object tag, with the value ``true``, that the bucket's lifecycle rule filters by."""

MOST_KEYS = 12_000
"""Files of one build at most. A custom resource's update carries the list twice, old and new, in an
asynchronous Lambda event, and 256 KB are certain to pass there."""

_LENGTH = 8


def fingerprint(key: str) -> str:
    """48 bits of a key's SHA-256: two keys that share them would both be kept, which does no harm.

    >>> fingerprint("assets/index-B1xYz.js")
    'OUHIaYes'
    """
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:6]).decode()


def fingerprints(keys: Iterable[str]) -> str:
    """The property ``Current``: the keys of the build's files, 8 characters for each.

    :raises ValueError: no keys, which would let a whole site expire, or more than 12,000.
    """
    every = sorted({fingerprint(key) for key in keys})
    if not 1 <= len(every) <= MOST_KEYS:
        message = f"A build of {len(every)} files; give 1 to {MOST_KEYS:,}."
        raise ValueError(message)
    return "".join(every)


def decode(current: str) -> frozenset[str]:
    """The fingerprints in a property ``Current``."""
    return frozenset(current[start : start + _LENGTH] for start in range(0, len(current), _LENGTH))
