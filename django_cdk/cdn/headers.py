"""Security and cache headers that CloudFront adds to answers."""

from __future__ import annotations

import aws_cdk.aws_cloudfront as cloudfront
from aws_cdk import Duration
from constructs import Construct

from .names import edge_name

# What people upload must never run as code of the domain it is shown on.
_MEDIA_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"


class SiteHeaders(Construct):
    """One response headers policy for each kind of answer.

    :param content_security_policy: for the pages of the site; None: no such header.
    :param static_cache_control: ``Cache-Control`` of static files that carry none themselves.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        content_security_policy: str | None,
        static_cache_control: str,
    ) -> None:
        super().__init__(scope, id)
        self._static_cache_control = static_cache_control
        #: Headers of the site's own pages.
        self.site = _policy(self, "Site", content_security_policy=content_security_policy)
        self._backend: cloudfront.ResponseHeadersPolicy | None = None
        self._static: cloudfront.ResponseHeadersPolicy | None = None
        self._media: cloudfront.ResponseHeadersPolicy | None = None

    @property
    def backend(self) -> cloudfront.ResponseHeadersPolicy:
        """For the application, whose own headers win."""
        self._backend = self._backend or _policy(self, "Backend", override=False)
        return self._backend

    @property
    def static(self) -> cloudfront.ResponseHeadersPolicy:
        """For static files."""
        self._static = self._static or _policy(
            self, "Static", cache_control=self._static_cache_control
        )
        return self._static

    @property
    def media(self) -> cloudfront.ResponseHeadersPolicy:
        """For media files."""
        self._media = self._media or _policy(self, "Media", content_security_policy=_MEDIA_POLICY)
        return self._media


def _policy(
    scope: Construct,
    id: str,
    *,
    override: bool = True,
    content_security_policy: str | None = None,
    cache_control: str | None = None,
) -> cloudfront.ResponseHeadersPolicy:
    custom = (
        cloudfront.ResponseCustomHeadersBehavior(
            custom_headers=[
                cloudfront.ResponseCustomHeader(
                    header="Cache-Control", value=cache_control, override=False
                )
            ]
        )
        if cache_control
        else None
    )
    return cloudfront.ResponseHeadersPolicy(
        scope,
        id,
        response_headers_policy_name=edge_name(scope, id),
        comment=f"{id} of {scope.node.path}"[:128],
        custom_headers_behavior=custom,
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                # A year: of this name alone, its subdomains are not ours to decide.
                access_control_max_age=Duration.days(365),
                override=override,
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=override),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.SAMEORIGIN, override=override
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=(cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN),
                override=override,
            ),
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=content_security_policy, override=override
            )
            if content_security_policy
            else None,
        ),
    )
