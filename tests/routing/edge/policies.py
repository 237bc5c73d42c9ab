"""CloudFront's managed cache and origin request policies, by the ids that a template names.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CachePolicy:
    """How long answers stay at the edge, in seconds. None of those here puts headers, cookies or
    query strings into the cache key."""

    minimum: int
    default: int
    maximum: int

    @property
    def caches(self) -> bool:
        return self.maximum > 0


@dataclass(frozen=True, kw_only=True)
class OriginRequestPolicy:
    """What of the viewer's request reaches the origin beside method, path and body."""

    headers: bool
    host: bool
    cookies: bool
    query: bool


_CACHE = {
    # CachingDisabled
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": CachePolicy(minimum=0, default=0, maximum=0),
    # CachingOptimized
    "658327ea-f89d-4fab-a63d-7e88639e58f6": CachePolicy(
        minimum=1, default=86_400, maximum=31_536_000
    ),
}
_ORIGIN_REQUEST = {
    # AllViewer
    "216adef6-5c7f-47e4-b989-5492eafa07d3": OriginRequestPolicy(
        headers=True, host=True, cookies=True, query=True
    ),
    # AllViewerExceptHostHeader
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": OriginRequestPolicy(
        headers=True, host=False, cookies=True, query=True
    ),
}
NOTHING = OriginRequestPolicy(headers=False, host=False, cookies=False, query=False)


def cache_policy(behavior: Mapping[str, Any]) -> CachePolicy:
    """The cache policy of a behaviour.

    Raises:
        LookupError: it names none, or one that this stand-in doesn't know.
    """
    return _known("CachePolicyId", behavior.get("CachePolicyId"), _CACHE)


def origin_request_policy(behavior: Mapping[str, Any]) -> OriginRequestPolicy:
    """The origin request policy of a behaviour; without one nothing of the viewer's passes.

    Raises:
        LookupError: it names one that this stand-in doesn't know.
    """
    if "OriginRequestPolicyId" not in behavior:
        return NOTHING
    return _known("OriginRequestPolicyId", behavior["OriginRequestPolicyId"], _ORIGIN_REQUEST)


def _known(name: str, given: object, table: Mapping[str, Any]) -> Any:
    if not isinstance(given, str) or given not in table:
        message = f"{name} {given!r} is unknown here: add it to {__name__}, with its source"
        raise LookupError(message)
    return table[given]
