"""The edge's cache: how long an answer stays, and what is still good.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from tests.routing.edge.patterns import matches
from tests.routing.edge.policies import CachePolicy
from tests.routing.http.message import Response

# ErrorCachingMinTTL, which no template of ours changes.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
_ERROR_SECONDS = 10
_CACHED_ERRORS = {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}


@dataclass
class Stored:
    response: Response
    since: float
    until: float


class Cache:
    """Answers by path. `clock` gives seconds; tests hand in one that they turn themselves."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._stored: dict[str, Stored] = {}

    def fresh(self, path: str) -> Stored | None:
        """What is stored and need not be asked for again."""
        stored = self._stored.get(path)
        return stored if stored and self._clock() < stored.until else None

    def stale(self, path: str) -> Stored | None:
        """What is stored, whatever its age, to be asked for with its ETag."""
        return self._stored.get(path)

    def age(self, stored: Stored) -> int:
        return int(self._clock() - stored.since)

    def store(self, path: str, response: Response, policy: CachePolicy) -> None:
        seconds = seconds_at_edge(response, policy)
        if seconds > 0:
            now = self._clock()
            self._stored[path] = Stored(response, now, now + seconds)

    def invalidate(self, patterns: Iterable[str]) -> None:
        """Forget these paths; a trailing `*` is a wildcard.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
        """
        for pattern in patterns:
            for path in [path for path in self._stored if matches(pattern, path)]:
                del self._stored[path]


def seconds_at_edge(response: Response, policy: CachePolicy) -> float:
    """How long the edge keeps an answer under a cache policy; 0: not at all."""
    if not policy.caches:
        return 0
    if response.status >= 400:
        return _ERROR_SECONDS if response.status in _CACHED_ERRORS else 0
    control = response.headers.get("Cache-Control").lower()
    # With a minimum above 0 even these are kept for that long.
    if re.search(r"\b(no-cache|no-store|private)\b", control):
        return policy.minimum
    if found := re.search(r"s-maxage=(\d+)", control) or re.search(r"max-age=(\d+)", control):
        return min(max(int(found[1]), policy.minimum), policy.maximum)
    if expires := response.headers.get("Expires"):
        dated = parsedate_to_datetime(response.headers.get("Date"))
        seconds = (parsedate_to_datetime(expires) - dated).total_seconds()
        return min(max(seconds, policy.minimum), policy.maximum)
    return min(max(policy.default, policy.minimum), policy.maximum)
