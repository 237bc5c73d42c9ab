"""Files of a Django project that runs outside AWS: a bucket, and a user that may use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk.aws_iam as iam
import aws_cdk.aws_secretsmanager as secretsmanager
from aws_cdk import CfnOutput, RemovalPolicy, SecretValue, Token
from constructs import Construct

from .errors import OptionError, given, names_path, refuse_without
from .removal import Removal
from .storage import AssetsBucket, LogBucket, grant_storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aws_cdk.aws_s3 as s3

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_USER_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")


class S3BucketResources(Construct):
    """A bucket for static and media files, and an IAM user for a project hosted elsewhere.

    The user may list the bucket and read, write and delete its objects, as django-storages does,
    and nothing else. How a project uses it: ``docs/s3-elsewhere.md``.

    When the stack is deleted the bucket and its logs stay. User, access key and secret go: they are
    no data, and a credential that nothing manages any more should not go on working. A project
    that still uses the bucket is cut off then.

    :param bucket_name: its name. Default: a generated one, unique and not to be guessed.
    :param bucket: the user's own bucket instead.
    :param user_name: name of the IAM user. Default: a generated one.
    :param access_key: make an access key and deliver it in Secrets Manager, under the names of
        django-storages' settings: ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``,
        ``AWS_STORAGE_BUCKET_NAME`` and ``AWS_S3_REGION_NAME``. Default: none is made.
    :param access_key_serial: 1 or more; another number is another key.
    :param keep_previous_access_key: the key of the serial before works too, for as long as the
        project takes to change over. Without it that key goes at the end of the deployment.
    :param upload_origins: origins whose pages may upload to the bucket directly, by presigned
        POST or PUT: ``https://www.example.com``. Default: none.
    :param public_static: everybody may read what lies under ``static/``, and list nothing; all
        else stays private. The account's own Block Public Access, where it is on, forbids this.
    :param versioned: overwritten and deleted objects are kept as earlier versions.
    :param expire_noncurrent_days: days after which those go. Default: they stay.
    :param access_logs: log each request in a bucket of its own, for 90 days.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks: the bucket goes with all that
        is in it. Default: it stays.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str | None = None,
        bucket: s3.IBucket | None = None,
        user_name: str | None = None,
        access_key: bool = False,
        access_key_serial: int = 1,
        keep_previous_access_key: bool = False,
        upload_origins: Sequence[str] = (),
        public_static: bool = False,
        versioned: bool = False,
        expire_noncurrent_days: int | None = None,
        access_logs: bool = False,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, id)
        _check_user_name(user_name)
        _check_access_key(
            access_key=access_key, serial=access_key_serial, keep_previous=keep_previous_access_key
        )
        removal = Removal(removal_policy)
        #: Bucket of the access logs; None without ``access_logs``.
        self.access_logs = self._log_bucket(bucket, removal) if access_logs else None
        #: The bucket for static and media files.
        self.bucket = AssetsBucket(
            self,
            "Assets",
            bucket=bucket,
            bucket_name=bucket_name,
            access_logs=self.access_logs,
            upload_origins=upload_origins,
            public_static=public_static,
            versioned=versioned,
            expire_noncurrent_days=expire_noncurrent_days,
            removal=removal,
        ).bucket
        #: The IAM user of the project.
        self.user = iam.User(self, "User", user_name=user_name)
        #: Its group, which holds the policy.
        self.group = iam.Group(self, "Group")
        self.user.add_to_group(self.group)
        #: What the user may do.
        self.policy = iam.ManagedPolicy(self, "Policy", groups=[self.group])
        grant_storage(self.bucket, self.policy)
        #: The current access key; None without ``access_key``.
        self.access_key = self._access_key(access_key_serial) if access_key else None
        #: The previous one; None unless it is kept.
        self.previous_access_key = (
            self._access_key(access_key_serial - 1) if keep_previous_access_key else None
        )
        #: The secret that holds the current one; None without ``access_key``.
        self.secret = self._secret(self.access_key) if self.access_key else None
        self._outputs()

    def _log_bucket(self, bucket: s3.IBucket | None, removal: Removal) -> s3.IBucket:
        if bucket is not None:
            raise OptionError(
                "access_logs", True, "it goes with a new bucket, and bucket is given already."
            )
        return LogBucket(self, "AccessLogs", removal=removal).bucket

    def _access_key(self, serial: int) -> iam.AccessKey:
        """A key per serial: two of them can work at once while the project changes over."""
        return iam.AccessKey(self, f"AccessKey{serial}", user=self.user)

    def _secret(self, key: iam.AccessKey) -> secretsmanager.Secret:
        """CloudFormation puts the key in: it is neither in the template nor in an output."""
        plain = {
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_STORAGE_BUCKET_NAME": self.bucket.bucket_name,
            "AWS_S3_REGION_NAME": self.bucket.env.region,
        }
        return secretsmanager.Secret(
            self,
            "Secret",
            description=f"Access to the bucket of {self.node.path} for django-storages",
            secret_object_value={
                "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
                **{name: SecretValue.unsafe_plain_text(text) for name, text in plain.items()},
            },
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _outputs(self) -> None:
        """What the project's settings and the person who reads the key need."""
        CfnOutput(self, "BucketName", value=self.bucket.bucket_name)
        CfnOutput(self, "UserName", value=self.user.user_name)
        CfnOutput(self, "Region", value=self.bucket.env.region)
        if self.secret:
            CfnOutput(self, "SecretArn", value=self.secret.secret_arn)


def _check_user_name(name: str | None) -> None:
    if name is None or Token.is_unresolved(name) or _USER_NAME.fullmatch(name):
        return
    raise OptionError(
        "user_name",
        name,
        "give 1 to 64 letters, digits and _+=,.@- characters, or leave it out: one is generated.",
    )


def _check_access_key(*, access_key: bool, serial: int, keep_previous: bool) -> None:
    refuse_without(
        "access_key=True",
        present=access_key or None,
        access_key_serial=given(serial, 1),
        keep_previous_access_key=keep_previous or None,
    )
    if serial < 1:
        raise OptionError("access_key_serial", serial, "give a whole number, 1 or more.")
    if keep_previous and serial == 1:
        raise OptionError(
            "keep_previous_access_key", True, "raise access_key_serial: nothing is before 1."
        )
