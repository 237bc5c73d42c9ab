"""Hashed files of earlier builds expire, counted from the deployment that replaced them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CustomResource, Duration, Stack, custom_resources
from constructs import Construct

from django_cdk.errors import OptionError
from django_cdk.handler_function import HandlerFunction, allow, handler_logs, handler_role
from django_cdk.handlers.superseded.contract import MOST_KEYS, fingerprints

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aws_cdk.aws_s3 as s3

    from .dist import Dist

_PROVIDER_ID = "SupersededFilesProvider"


class SupersededFiles(Construct):
    """Tags the hashed files that a deployment has replaced, for a lifecycle rule to expire.

    :param bucket: the site's bucket.
    :param dist: the build that is current.
    :param hashed_paths: patterns of its hashed files.
    :raises OptionError: more hashed files than a deployment can tell the function of.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.Bucket,
        dist: Dist,
        hashed_paths: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        if len(dist.hashed) > MOST_KEYS:
            raise OptionError(
                "hashed_paths",
                list(hashed_paths),
                f"{len(dist.hashed):,} files match, and {MOST_KEYS:,} are the most: name only the "
                "directories that the build tool writes hashed names to.",
            )
        provider = SupersededFilesProvider.of(self)
        provider.allow(bucket)
        self.resource = CustomResource(
            self,
            "Resource",
            service_token=provider.service_token,
            resource_type="Custom::SupersededFiles",
            properties={
                "Bucket": bucket.bucket_name,
                "Patterns": list(hashed_paths),
                "Current": fingerprints(dist.hashed),
            },
        )


class SupersededFilesProvider(Construct):
    """The one provider of a stack behind all its :class:`SupersededFiles`."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.function = HandlerFunction(
            self,
            "OnEvent",
            handler="superseded.index.on_event",
            description="Tags files of a static site that no current page refers to",
            timeout=Duration.minutes(10),
            memory_mib=512,
        ).function
        framework_logs = handler_logs(self, "FrameworkLogs")
        self.service_token = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            log_group=framework_logs,
            framework_on_event_role=handler_role(self, "FrameworkRole", framework_logs),
        ).service_token

    @classmethod
    def of(cls, scope: Construct) -> SupersededFilesProvider:
        """The provider of the stack that the scope lies in, made when first asked for."""
        stack = Stack.of(scope)
        existing = stack.node.try_find_child(_PROVIDER_ID)
        return existing if isinstance(existing, cls) else cls(stack, _PROVIDER_ID)

    def allow(self, bucket: s3.Bucket) -> None:
        """Lets the function list this bucket and copy its objects onto themselves."""
        allow(self.function, ["s3:ListBucket"], [bucket.bucket_arn])
        allow(
            self.function,
            ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"],
            [bucket.arn_for_objects("*")],
        )
