"""Buckets of an application: static and media files, and the logs of its front door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk.aws_iam as iam
import aws_cdk.aws_s3 as s3
from aws_cdk import Duration, Stack, Token
from aws_cdk.region_info import RegionInfo
from constructs import Construct

from .bucket_options import check_bucket_name, check_origins
from .errors import OptionError, refuse_without

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_kms as kms

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


def private_bucket(
    scope: Construct,
    removal: Removal,
    *,
    block_public_access: s3.BlockPublicAccess | None = None,
    encryption_key: kms.IKey | None = None,
    **more: Any,
) -> s3.Bucket:
    """An encrypted bucket that takes TLS connections only; private unless told otherwise.

    :param encryption_key: None: S3's own.
    :param more: further properties of the bucket.
    """
    return s3.Bucket(
        scope,
        "Bucket",
        block_public_access=block_public_access or s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.KMS if encryption_key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=encryption_key,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        removal_policy=removal.other,
        auto_delete_objects=removal.destroys,
        **more,
    )


class AssetsBucket(Construct):
    """One bucket for static and media files, TLS only; private unless told otherwise.

    :param bucket: the user's own bucket instead of a new one; the options below do nothing then.
    :param bucket_name: its name. Default: a generated one, unique in the world.
    :param access_logs: bucket that takes its access logs; None: none.
    :param upload_origins: origins whose pages may upload to it directly.
    :param public_static: everybody may read what lies under ``static/``, and list nothing.
    :param versioned: overwritten and deleted objects are kept as earlier versions.
    :param expire_noncurrent_days: days after which those go.
    :param removal: what stays when the stack is deleted.
    :raises OptionError: a name that S3 refuses, a wrong origin, an option that would do nothing.
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
        upload_origins: Sequence[str] = (),
        public_static: bool = False,
        versioned: bool = False,
        expire_noncurrent_days: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_bucket_name(bucket_name)
        check_origins("upload_origins", upload_origins)
        _check_expiry(expire_noncurrent_days, versioned=versioned)
        if bucket is not None:
            _refuse_on_own(
                bucket_name=bucket_name,
                upload_origins=upload_origins,
                public_static=public_static,
                versioned=versioned,
            )
        self.bucket: s3.IBucket = bucket or private_bucket(
            self,
            removal,
            bucket_name=bucket_name,
            block_public_access=_PUBLIC_BY_POLICY if public_static else None,
            cors=[_upload_rule(upload_origins)] if upload_origins else None,
            lifecycle_rules=_lifecycle_rules(expire_noncurrent_days),
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="assets/" if access_logs else None,
            versioned=versioned or None,
        )
        if public_static:
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="PublicStatic",
                    actions=["s3:GetObject"],
                    principals=[iam.AnyPrincipal()],
                    resources=[self.bucket.arn_for_objects(f"{STATIC_PREFIX}*")],
                )
            )

    @property
    def values(self) -> Mapping[str, Value]:
        """What the bucket's tokens stand for."""
        return {"bucket": self.bucket.bucket_name, "region": Stack.of(self).region}


# A policy may make objects public; access control lists stay without effect.
_PUBLIC_BY_POLICY = s3.BlockPublicAccess(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=False,
    restrict_public_buckets=False,
)


def _upload_rule(origins: Sequence[str]) -> s3.CorsRule:
    """What a browser asks for before it sends a presigned POST or PUT."""
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.POST, s3.HttpMethods.PUT],
        allowed_origins=list(origins),
        allowed_headers=["*"],
        exposed_headers=["ETag"],
        max_age=3000,
    )


def _lifecycle_rules(expire_noncurrent_days: int | None) -> list[s3.LifecycleRule]:
    rules = [
        s3.LifecycleRule(
            id="AbortUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
        )
    ]
    if expire_noncurrent_days is not None:
        rules.append(
            s3.LifecycleRule(
                id="ExpireNoncurrent",
                noncurrent_version_expiration=Duration.days(expire_noncurrent_days),
                # What stays of a deleted object when its last version is gone.
                expired_object_delete_marker=True,
            )
        )
    return rules


def _check_expiry(days: int | None, *, versioned: bool) -> None:
    refuse_without("versioned=True", present=versioned or None, expire_noncurrent_days=days)
    if days is not None and days < 1:
        raise OptionError("expire_noncurrent_days", days, "give whole days, 1 or more.")


def _refuse_on_own(**given: object) -> None:
    for option, value in given.items():
        if value:
            raise OptionError(
                option,
                value,
                "it goes with a new bucket, and bucket is given already: leave one out, and set it "
                "where your bucket is made.",
            )


def _load_balancing_account(region: str) -> list[iam.IPrincipal]:
    if Token.is_unresolved(region):
        return []
    account = RegionInfo.get(region).elbv2_account
    return [iam.AccountPrincipal(account)] if account else []


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
        self.bucket = private_bucket(
            self,
            removal,
            lifecycle_rules=[
                s3.LifecycleRule(id="ExpireLogs", expiration=Duration.days(_LOG_DAYS))
            ],
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER if cloudfront else None,
        )

    def grant_load_balancer(self, prefix: str) -> None:
        """Lets load balancers of this account write their access logs under the prefix.

        One principal for all regions, so that a stack without a fixed region can have logs too, and
        beside it the account that wrote them in older regions before, where the region is known:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        account = Stack.of(self).account
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"],
                principals=[
                    iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com"),
                    *_load_balancing_account(Stack.of(self).region),
                ],
                resources=[self.bucket.arn_for_objects(f"{prefix}/AWSLogs/{account}/*")],
            )
        )
