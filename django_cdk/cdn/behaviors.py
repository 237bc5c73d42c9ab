"""Which path of a distribution goes where, and what passes on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_cloudfront_origins as origins

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import aws_cdk.aws_s3 as s3

    from .headers import SiteHeaders

BACKEND_PATHS = ("/api/*", "/admin/*", "/graphql/*")
STATIC_PATH = "/static/*"
MEDIA_PATH = "/media/*"

# For names that change with their content.
STATIC_CACHE_CONTROL = "public, max-age=31536000, immutable"


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
_PATTERN = re.compile(r"/[A-Za-z0-9_.*$/~\"'@:+&?-]{1,254}")


def check_paths(option: str, paths: Sequence[str], taken: Iterable[str]) -> None:
    """Refuses paths that are no patterns, come twice or belong to the bucket.

    :raises OptionError: naming the path.
    """
    if isinstance(paths, str) or not paths:
        raise OptionError(option, paths, "give a list of patterns, such as ['/api/*'].")
    seen = list(taken)
    for path in paths:
        if not _PATTERN.fullmatch(path) or path == "/*":
            raise OptionError(
                option, path, "give a pattern such as '/api/*'; the site itself has the rest."
            )
        if path in seen:
            raise OptionError(option, path, "this path is taken already: each goes to one place.")
        seen.append(path)


def with_bare(paths: Iterable[str]) -> list[str]:
    """Each pattern, and the path without its trailing part: ``/api/*`` and ``/api``."""
    both: list[str] = []
    for path in paths:
        both.append(path)
        if path.endswith("/*"):
            both.append(path.removesuffix("/*"))
    return list(dict.fromkeys(both))


def backend_behaviors(
    paths: Iterable[str], origin: cloudfront.IOrigin, headers: SiteHeaders
) -> Mapping[str, cloudfront.BehaviorOptions]:
    """Paths of the application: everything passes, nothing is cached."""
    options = cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
        response_headers_policy=headers.backend,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    )
    return dict.fromkeys(with_bare(paths), options)


def assets_behaviors(
    origin: cloudfront.IOrigin,
    headers: SiteHeaders,
    *,
    media_key_group: cloudfront.IKeyGroup | None,
) -> Mapping[str, cloudfront.BehaviorOptions]:
    """Static and media files, read from the assets bucket; the Host header never goes to S3."""
    return {
        STATIC_PATH: bucket_behavior(origin, headers.static),
        MEDIA_PATH: bucket_behavior(origin, headers.media, key_group=media_key_group),
    }


def bucket_origin(
    bucket: s3.IBucket, access_control: cloudfront.S3OriginAccessControl
) -> cloudfront.IOrigin:
    """A private bucket; with the right to list, S3 answers 404 and not 403 for what is missing."""
    return origins.S3BucketOrigin.with_origin_access_control(
        bucket,
        origin_access_control=access_control,
        origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
    )


def bucket_behavior(
    origin: cloudfront.IOrigin,
    headers: cloudfront.IResponseHeadersPolicy,
    *,
    key_group: cloudfront.IKeyGroup | None = None,
    function: cloudfront.IFunction | None = None,
) -> cloudfront.BehaviorOptions:
    """Files of a bucket: compressed, cached by their Cache-Control, read only."""
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        response_headers_policy=headers,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        compress=True,
        trusted_key_groups=[key_group] if key_group else None,
        function_associations=[
            cloudfront.FunctionAssociation(
                function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
            )
        ]
        if function
        else None,
    )
