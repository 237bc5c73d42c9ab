"""What a pipeline hands from step to step: a bucket, and a key where other accounts read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_kms as kms
import aws_cdk.aws_s3 as s3
from aws_cdk import Duration
from constructs import Construct

from ..errors import OptionError
from ..storage import private_bucket

if TYPE_CHECKING:
    from ..removal import Removal

ARTIFACT_DAYS = 90


class Artifacts(Construct):
    """A private bucket whose objects go after some time.

    :param cross_account: another account deploys from it, which takes a key that can be shared.
    :param bucket: the user's own bucket instead of a new one.
    :param key: the user's own key for a new one.
    :param days: days after which the artifacts of a run, and the build cache, go.
    :param removal: what stays when the stack is deleted.
    :raises OptionError: a bucket that another account can't read, options that do nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cross_account: bool,
        bucket: s3.IBucket | None,
        key: kms.IKey | None,
        days: int,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        if days < 1:
            raise OptionError("artifact_days", days, "give a whole number, 1 or more.")
        if bucket is not None:
            _check_own(bucket, key, days, cross_account=cross_account)
        elif key is None and cross_account:
            key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal.other)
        self.bucket: s3.IBucket = bucket or private_bucket(
            self,
            removal,
            encryption_key=key,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )


def _check_own(bucket: s3.IBucket, key: kms.IKey | None, days: int, *, cross_account: bool) -> None:
    if key is not None:
        raise OptionError(
            "artifact_key", key, "it goes with a new bucket, and artifact_bucket is given already."
        )
    if days != ARTIFACT_DAYS:
        raise OptionError(
            "artifact_days",
            days,
            "it goes with a new bucket, and artifact_bucket is given already.",
        )
    if cross_account and bucket.encryption_key is None:
        raise OptionError(
            "artifact_bucket",
            bucket,
            "a stage lies in another account, which can read it only by a KMS key that is shared: "
            "give a bucket with an encryption key, or leave it out.",
        )
