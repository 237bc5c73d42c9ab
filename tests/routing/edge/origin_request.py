"""What of a viewer's request CloudFront sends to the origin.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
"""

from __future__ import annotations

from uuid import uuid4

from tests.routing.edge.distribution import Origin
from tests.routing.edge.policies import OriginRequestPolicy
from tests.routing.http.message import HOP_BY_HOP, Headers, Request

# Taken away or set by CloudFront itself, whatever the policy says.
_OWN = HOP_BY_HOP | {"upgrade", "via", "x-forwarded-proto", "x-real-ip", "x-amz-cf-id", "expect"}


def origin_request(request: Request, policy: OriginRequestPolicy, origin: Origin) -> Request:
    """The request that the origin gets."""
    headers = _viewer_headers(request, policy) if policy.headers else Headers()
    if not policy.cookies:
        headers.remove("Cookie")
    if not (policy.headers and policy.host):
        headers.set("Host", origin.domain_name)
    if not policy.headers:
        headers.set("User-Agent", "Amazon CloudFront")
    headers.set("Via", "1.1 stand-in.cloudfront.net (CloudFront)")
    headers.set("X-Amz-Cf-Id", uuid4().hex)
    before = request.headers.get("X-Forwarded-For") if policy.headers else ""
    headers.set("X-Forwarded-For", f"{before}, {request.client}" if before else request.client)
    for name, value in origin.headers.items():
        headers.set(name, value)
    return Request(
        method=request.method,
        path=origin.path + request.path,
        query=request.query if policy.query else "",
        headers=headers,
        body=request.body,
        client=request.client,
    )


def _viewer_headers(request: Request, policy: OriginRequestPolicy) -> Headers:
    kept = Headers(item for item in request.headers if item[0].lower() not in _OWN)
    if not policy.host:
        kept.remove("Host")
    return kept
