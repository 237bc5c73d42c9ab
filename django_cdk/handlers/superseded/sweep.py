"""One pass over a bucket: first keep what the current build needs, then mark what it does not."""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .objects import Objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from .objects import S3
    from .request import Build

log = logging.getLogger(__name__)

WORKERS = 16
"""Objects in work at once; S3 takes thousands of requests a second for each prefix."""

RESERVE = 120
"""Seconds before the function's end at which no more work is started: longer than the three calls
for one object take when S3 answers none of them, see index.CONFIG."""

_NO_TIME = "no time was left"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How many objects were marked, taken back, and left to the next deployment."""

    superseded: int
    restored: int
    left: int


def sweep(build: Build, s3: S3, seconds_left: Callable[[], float]) -> Result:
    """Brings the tags of all hashed files in line with the build.

    Raises what S3 raises for listing and for files of the current build, and `TimeoutError` when
    the time does not even suffice for those.
    """
    objects = Objects(s3, build.bucket)
    keys = {key for prefix in build.prefixes for key in objects.keys(prefix) if build.matches(key)}
    current = {key for key in keys if build.has(key)}

    def restore(key: str) -> bool:
        if seconds_left() < RESERVE:
            message = f"{build.bucket}: no time was left to look at all {len(current)} files."
            raise TimeoutError(message)
        return objects.restore(key)

    def mark(key: str) -> bool | str:
        if seconds_left() < RESERVE:
            return _NO_TIME
        try:
            return objects.mark(key)
        except (ClientError, BotoCoreError) as error:
            return _reason(error)

    with ThreadPoolExecutor(WORKERS) as pool:
        restored = sum(pool.map(restore, sorted(current)))
        outcomes = Counter(pool.map(mark, sorted(keys - current)))
    marked = outcomes.pop(True, 0)
    outcomes.pop(False, None)
    for reason, count in outcomes.items():
        log.error("%d old files of %s not marked: %s", count, build.bucket, reason)
    return Result(superseded=marked, restored=restored, left=outcomes.total())


def _reason(error: ClientError | BotoCoreError) -> str:
    """Without the key, so that 1,000 objects refused for one reason make one line in the log."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response.get('Error', {}).get('Code')}"
    return type(error).__name__
