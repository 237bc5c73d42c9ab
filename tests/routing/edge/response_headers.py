"""Response headers policies: what CloudFront puts on an answer on its way out.

With Override the policy's value replaces the origin's; without, the origin's stays when there is
one. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.routing.http.message import Headers


@dataclass(frozen=True)
class PolicyHeader:
    name: str
    value: str
    override: bool


class ResponseHeadersPolicy:
    """One policy, from the `ResponseHeadersPolicyConfig` of a template.

    Raises:
        LookupError: it has a part that this stand-in doesn't know.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        known = {"Name", "Comment", "SecurityHeadersConfig", "CustomHeadersConfig"}
        if unknown := set(config) - known:
            message = f"response headers policy has {sorted(unknown)}: teach {__name__} first"
            raise LookupError(message)
        self.headers = [
            *_security(config.get("SecurityHeadersConfig", {})),
            *_custom(config.get("CustomHeadersConfig", {})),
        ]

    def apply(self, headers: Headers) -> None:
        for one in self.headers:
            if one.override or one.name not in headers:
                headers.set(one.name, one.value)


def _security(config: Mapping[str, Any]) -> Iterator[PolicyHeader]:
    for name, part in config.items():
        yield _SECURITY[name](part)


def _custom(config: Mapping[str, Any]) -> Iterator[PolicyHeader]:
    for item in config.get("Items", []):
        yield PolicyHeader(item["Header"], item["Value"], item["Override"])


def _transport(part: Mapping[str, Any]) -> PolicyHeader:
    value = f"max-age={part['AccessControlMaxAgeSec']}"
    value += "; includeSubDomains" if part.get("IncludeSubdomains") else ""
    value += "; preload" if part.get("Preload") else ""
    return PolicyHeader("Strict-Transport-Security", value, part["Override"])


_SECURITY = {
    "StrictTransportSecurity": _transport,
    "ContentTypeOptions": lambda part: PolicyHeader(
        "X-Content-Type-Options", "nosniff", part["Override"]
    ),
    "FrameOptions": lambda part: PolicyHeader(
        "X-Frame-Options", part["FrameOption"], part["Override"]
    ),
    "ReferrerPolicy": lambda part: PolicyHeader(
        "Referrer-Policy", part["ReferrerPolicy"], part["Override"]
    ),
    "ContentSecurityPolicy": lambda part: PolicyHeader(
        "Content-Security-Policy", part["ContentSecurityPolicy"], part["Override"]
    ),
}
