"""Buckets of an application: static and media files, and the logs of its front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_iam as iam
import aws_cdk.aws_s3 as s3
from aws_cdk import Duration, Stack
from constructs import Construct

from .errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .environment import Value
    from .removal import Removal

STATIC_PREFIX = "static/"
MEDIA_PREFIX = "media/"

_LOG_DAYS = 90

# What django-storages calls, and no more: no ACLs (new buckets refuse them), no bucket settings.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
OBJECT_ACTIONS = (
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketLocation")


def grant_storage(bucket: s3.IBucket, grantee: iam.IGrantable) -> None:
    """Grants exactly the object and list permissions that django-storages needs."""
    for actions, resource in (
        (OBJECT_ACTIONS, bucket.arn_for_objects("*")),
        (BUCKET_ACTIONS, bucket.bucket_arn),
    ):
        iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=[resource])
    if bucket.encryption_key:
        bucket.encryption_key.grant_encrypt_decrypt(grantee)


class AssetsBucket(Construct):
    """One private bucket for static and media files, TLS only.

    :param bucket: the user's own bucket instead of a new one.
    :param bucket_name: its name. Default: a generated one, unique in the world.
    :param access_logs: bucket that takes its access logs; None: none.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        removal: Removal,
        bucket: s3.IBucket | None = None,
        bucket_name: str | None = None,
        access_logs: s3.IBucket | None = None,
    ) -> None:
        super().__init__(scope, id)
        if bucket is not None and bucket_name is not None:
            raise OptionError("bucket_name", bucket_name, "bucket is given already: leave one out.")
        self.bucket: s3.IBucket = bucket or s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="AbortUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
                )
            ],
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="assets/" if access_logs else None,
            removal_policy=removal.other,
            auto_delete_objects=removal.destroys,
        )

    @property
    def values(self) -> Mapping[str, Value]:
        """What the bucket's tokens stand for."""
        return {"bucket": self.bucket.bucket_name, "region": Stack.of(self).region}


class LogBucket(Construct):
    """A private bucket for access logs, which expire after 90 days.

    :param removal: what stays when the stack is deleted.
    :param cloudfront: CloudFront writes to it, which asks for access control lists.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    """

    def __init__(
        self, scope: Construct, id: str, *, removal: Removal, cloudfront: bool = False
    ) -> None:
        super().__init__(scope, id)
        # Without this feature flag the CDK lets S3 in by an ACL, whatever the user's app says.
        self.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(id="ExpireLogs", expiration=Duration.days(_LOG_DAYS))
            ],
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER if cloudfront else None,
            removal_policy=removal.other,
            auto_delete_objects=removal.destroys,
        )

    def grant_load_balancer(self, prefix: str) -> None:
        """Lets load balancers of this account write their access logs under the prefix.

        One policy for all regions, so that a stack without a fixed region can have logs too:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        account = Stack.of(self).account
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"],
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                resources=[self.bucket.arn_for_objects(f"{prefix}/AWSLogs/{account}/*")],
            )
        )
