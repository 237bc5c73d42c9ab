"""The files of a site in its bucket: uploaded so that no open page ever misses one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_logs as logs
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_s3_deployment as s3_deployment
from aws_cdk import Duration, IgnoreMode
from constructs import Construct

from django_cdk.errors import OptionError
from django_cdk.handler_function import handler_logs
from django_cdk.handlers.superseded.contract import SUPERSEDED_TAG
from django_cdk.storage import private_bucket

from .dist import ignore_patterns
from .superseded import SupersededFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_cdk.removal import Removal

    from .dist import Dist

_YEAR = s3_deployment.CacheControl.from_string("public, max-age=31536000, immutable")
_REVALIDATE = s3_deployment.CacheControl.from_string("no-cache")

# With the CDK's 128 MiB the copying is slow, and ends for lack of memory on sites with many images.
_MEMORY_MIB = 512


class SiteBucket(Construct):
    """The private bucket of a site.

    Its content is a build and can be deployed again, so it goes with the stack only when asked.

    :param superseded_days: days after which hashed files of an earlier build expire.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self, scope: Construct, id: str, *, superseded_days: int, removal: Removal
    ) -> None:
        super().__init__(scope, id)
        if superseded_days < 1:
            raise OptionError("superseded_days", superseded_days, "give whole days, 1 or more.")
        self.bucket = private_bucket(
            self,
            removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ExpireSuperseded",
                    tag_filters={SUPERSEDED_TAG: "true"},
                    expiration=Duration.days(superseded_days),
                ),
                s3.LifecycleRule(
                    id="AbortUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
                ),
            ],
        )


class SiteContent(Construct):
    """Uploads a build: hashed files first and never pruned, then the pages that name them.

    :param dist: the build.
    :param hashed_paths: patterns of its hashed files.
    :param bucket: where it goes.
    :param distribution: forgets what it cached of the pages, and of nothing else.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dist: Dist,
        hashed_paths: Sequence[str],
        bucket: s3.Bucket,
        distribution: cloudfront.IDistribution,
    ) -> None:
        super().__init__(scope, id)
        log_group = handler_logs(self, "Logs")
        hashed = self._hashed(dist, bucket, log_group) if dist.hashed else None
        pages = s3_deployment.BucketDeployment(
            self,
            "Pages",
            sources=[_source(dist, without=dist.hashed)],
            destination_bucket=bucket,
            cache_control=[_REVALIDATE],
            # Pages that are gone go; hashed files are left to an open page and to the lifecycle.
            prune=True,
            exclude=list(hashed_paths),
            distribution=distribution,
            distribution_paths=_invalidations(dist),
            log_group=log_group,
            memory_limit=_MEMORY_MIB,
        )
        if hashed is None:
            return
        pages.node.add_dependency(hashed)
        superseded = SupersededFiles(
            self, "Superseded", bucket=bucket, dist=dist, hashed_paths=hashed_paths
        )
        # Only when the pages no longer name them are files of the last build superseded.
        superseded.node.add_dependency(pages)

    def _hashed(
        self, dist: Dist, bucket: s3.Bucket, log_group: logs.LogGroup
    ) -> s3_deployment.BucketDeployment:
        """Made before the pages: what all deployments of a stack share hangs on the first."""
        return s3_deployment.BucketDeployment(
            self,
            "Hashed",
            sources=[_source(dist, without=dist.pages)],
            destination_bucket=bucket,
            cache_control=[_YEAR],
            prune=False,
            log_group=log_group,
            memory_limit=_MEMORY_MIB,
        )


def _source(dist: Dist, *, without: Sequence[str]) -> s3_deployment.ISource:
    return s3_deployment.Source.asset(
        dist.directory, exclude=ignore_patterns(without), ignore_mode=IgnoreMode.GIT
    )


def _invalidations(dist: Dist) -> list[str]:
    """The pages' paths; everything when they are many or CloudFront wants them written otherwise.

    1,000 paths a month are free, and a wildcard counts as one.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PayingForInvalidation.html
    """
    if len(dist.pages) > _MOST_PATHS or not all(map(_PLAIN.fullmatch, dist.pages)):
        return ["/*"]
    return [f"/{one}" for one in dist.pages]


_MOST_PATHS = 20
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")
