"""The objects of a bucket: list them, read their tags, copy one onto itself with other tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from botocore.exceptions import ClientError

from .contract import SUPERSEDED_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Headers that a copy keeps only when it is told them again.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
_KEPT = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "Metadata",
    "StorageClass",
    "WebsiteRedirectLocation",
)

# Expired since it was listed, or somebody wrote a newer one.
_GONE = frozenset({"NoSuchKey", "404", "PreconditionFailed"})


class S3(Protocol):
    """boto3's `s3` client, as far as it is used."""

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """ListObjectsV2."""

    def get_object_tagging(self, **request: Any) -> dict[str, Any]:
        """GetObjectTagging."""

    def head_object(self, **request: Any) -> dict[str, Any]:
        """HeadObject."""

    def copy_object(self, **request: Any) -> dict[str, Any]:
        """CopyObject."""


class Objects:
    """The objects of one bucket."""

    def __init__(self, s3: S3, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys under a prefix, page by page."""
        page: dict[str, str] = {}
        while True:
            answer = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix, **page)
            yield from (str(one["Key"]) for one in answer.get("Contents", []))
            if not answer.get("IsTruncated"):
                return
            page = {"ContinuationToken": answer["NextContinuationToken"]}

    def mark(self, key: str) -> bool:
        """Gives an object the tag and a new age, unless it has the tag; whether it did."""
        return self._retag(key, superseded=True)

    def restore(self, key: str) -> bool:
        """Takes the tag off an object and gives it a new age, if it has the tag; whether it did."""
        return self._retag(key, superseded=False)

    def _retag(self, key: str, *, superseded: bool) -> bool:
        """False also for an object that is no longer the one that was listed."""
        try:
            tags = self._tags(key)
            if (tags.get(SUPERSEDED_TAG) == "true") == superseded:
                return False
            others = {name: value for name, value in tags.items() if name != SUPERSEDED_TAG}
            self._copy(key, {**others, SUPERSEDED_TAG: "true"} if superseded else others)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                return False
            raise
        return True

    def _tags(self, key: str) -> dict[str, str]:
        answer = self._s3.get_object_tagging(Bucket=self._bucket, Key=key)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def _copy(self, key: str, tags: Mapping[str, str]) -> None:
        """One call sets tags and age: half of it would let a file expire at once, or never."""
        head = self._s3.head_object(Bucket=self._bucket, Key=key)
        self._s3.copy_object(
            Bucket=self._bucket,
            Key=key,
            CopySource={"Bucket": self._bucket, "Key": key},
            # Nobody else's newer file is overwritten with the older one.
            CopySourceIfMatch=head["ETag"],
            # S3 refuses to copy an object onto itself unchanged.
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            Tagging=urlencode(tags, quote_via=quote),
            **{name: head[name] for name in _KEPT if head.get(name)},
        )
