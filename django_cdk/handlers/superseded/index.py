"""The Lambda door: `superseded.index.on_event`, of a CDK provider without `is_complete`.

Old hashed files of a site are never removed by a deployment, because a page that is still open may
ask for them. They expire some days after the deployment that replaced them: a lifecycle rule on the
bucket expires objects with the tag `django-cdk-superseded=true`, and counts from an object's
creation, so this code tags an object by copying it onto itself, which creates it anew.

At every Create and Update, after the new build is uploaded:

- an object that matches a pattern, is not in the current build and has no tag is copied onto itself
  with the tag; headers, metadata, storage class and other tags stay;
- one that is in the current build again (a rollback) and has the tag is copied onto itself without
  it: it no longer matches the rule, and its age starts again;
- all others stay untouched, so that running it again does nothing.

At Delete nothing happens. A rollback sends the former build's properties as an Update: nothing is
special about it.

==============  ===================================================================================
Property        Meaning
==============  ===================================================================================
`Bucket`        name of the site's bucket
`Patterns`      list of patterns of the hashed files' keys, as of `fnmatch`: `["assets/*"]`, where
                `*` passes `/` too. Nothing else is looked at.
`Current`       `contract.fingerprints(keys)` with the keys of ALL files of the current build that
                match a pattern (more do no harm). It changes with the build, which is what makes
                CloudFormation send an Update.
==============  ===================================================================================

The answer's data, as numbers: `Superseded` (newly tagged), `Restored` (tag taken off), `Left` (not
tagged for lack of time or because S3 refused; the log has the reasons, the next deployment tries
again). An old file that can't be tagged lives longer and never fails a deployment or blocks a
rollback. A file of the current build that can't be kept from expiring does fail it, as does a
bucket that can't be listed.

Lambda: timeout 10 minutes (the code stops starting work 120 s before the end of whatever it is),
512 MB. The function's role needs, and no more:

======================  ===========================================================
Action                  Resource
======================  ===========================================================
`s3:ListBucket`         the bucket
`s3:GetObject`          the objects: `<bucket>/*`, or `<bucket>/assets/*` and so on
`s3:GetObjectTagging`   the same
`s3:PutObject`          the same
`s3:PutObjectTagging`   the same
======================  ===========================================================

With a customer's KMS key on the bucket also `kms:Decrypt` and `kms:GenerateDataKey` on the key.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, Protocol, cast

import boto3
from botocore.config import Config

from .request import Build, physical_id
from .sweep import WORKERS, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .objects import S3

log = logging.getLogger(__package__)
log.setLevel(logging.INFO)

# "standard" waits longer and longer while S3 asks to slow down. A call that stays unanswered ends
# after 4 x (2 + 5) s + 7 s of back-off, so the three calls for one object end within 105 s.
CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=WORKERS,
)


class Context(Protocol):
    """Lambda's context, as far as it is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the function."""


def on_event(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Serves one CloudFormation request."""
    answer: dict[str, Any] = {"PhysicalResourceId": physical_id(event)}
    if event["RequestType"] == "Delete":
        return answer
    build = Build.from_properties(event["ResourceProperties"])
    done = sweep(build, client(), lambda: context.get_remaining_time_in_millis() / 1000)
    log.info("%s: %s", build.bucket, done)
    data = {"Superseded": done.superseded, "Restored": done.restored, "Left": done.left}
    return {**answer, "Data": data}


@functools.cache
def client() -> S3:
    """S3, once per Lambda instance."""
    return cast("S3", boto3.client("s3", config=CONFIG))
