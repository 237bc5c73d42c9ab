"""A site's bucket in moto, and the deployments of builds to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from django_cdk.handlers.superseded import index
from django_cdk.handlers.superseded.contract import SUPERSEDED_TAG, fingerprints

BUCKET = "site"
REGION = "eu-central-1"
LAST_WEEK = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=7)


class Context:
    """Lambda's context: so much time is left at each look, the last value for ever."""

    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)

    def get_remaining_time_in_millis(self) -> int:
        left = self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return int(left * 1000)


class Site:
    """The bucket, and what a test wants to know of it."""

    def __init__(self) -> None:
        self.s3: Any = boto3.client("s3")
        where = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)

    def upload(self, *keys: str, **headers: Any) -> None:
        """As of last week, so that a copy shows by its age."""
        for key in keys:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), **headers)
            self.stored(key).last_modified = LAST_WEEK

    def upload_at_once(self, keys: list[str]) -> None:
        """The same past boto3, which takes a millisecond for each."""
        for key in keys:
            self._moto.put_object(BUCKET, key, b"").last_modified = LAST_WEEK

    @property
    def _moto(self) -> Any:
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def stored(self, key: str) -> Any:
        return self._moto.buckets[BUCKET].keys[key]

    def tags(self, key: str) -> dict[str, str]:
        found = self.s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def superseded(self) -> set[str]:
        """Keys of all objects with the tag."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {key for key in keys if SUPERSEDED_TAG in self.tags(key)}

    def head(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.s3.head_object(Bucket=BUCKET, Key=key)
        return found

    def is_new(self, key: str) -> bool:
        """Whether its age started again."""
        return bool(self.stored(key).last_modified > LAST_WEEK)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    cache_clear = index.client.cache_clear  # a test may put another client in its place
    with mock_aws():
        cache_clear()
        yield Site()
    cache_clear()


def event(kind: str, **properties: Any) -> dict[str, Any]:
    made = {
        "RequestType": kind,
        "ResponseURL": "https://cloudformation.example/answer?secret",
        "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/site/5f1b-11ee",
        "RequestId": "6f6d6d0a-4b5f-4f0c-9a53-1c8f7a0d4f1e",
        "LogicalResourceId": "SiteSuperseded1A2B3C4D",
        "ResourceProperties": {"Bucket": BUCKET, "Patterns": ["assets/*"], **properties},
    }
    return made if kind == "Create" else {**made, "PhysicalResourceId": "superseded-files"}


def deploy(*keys: str, kind: str = "Update", seconds: float = 600, **properties: Any) -> Any:
    """The answer's data for a deployment of a build of these files."""
    current = {"Current": fingerprints(keys)} if keys else {}
    return index.on_event(event(kind, **current, **properties), Context(seconds))["Data"]
