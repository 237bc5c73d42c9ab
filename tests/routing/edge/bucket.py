"""A private bucket as CloudFront's origin, read with an origin access control.

The bucket's policy of the template decides: who has no statement in it gets 403. With
`s3:GetObject` but without `s3:ListBucket` S3 answers 403 for what is missing, too.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

from tests.routing.edge.distribution import Origin
from tests.routing.http.client import fetch
from tests.routing.http.message import Headers, Request, Response
from tests.routing.template import Deployed


class BucketOrigin:
    """Reads objects for one distribution.

    :param port: where the emulator of S3 listens.
    :param source_arn: the distribution, as S3 learns of it from the signature.
    """

    def __init__(self, deployed: Deployed, origin: Origin, *, port: int, source_arn: str) -> None:
        self.bucket = origin.domain_name.partition(".s3.")[0]
        self._origin = origin
        self._port = port
        # An emulator that knows policies lets an account see its own objects, one that knows none
        # keeps anonymous readers out, and neither checks a signature further.
        scope = f"{deployed.account}/20200101/{deployed.region}/s3/aws4_request"
        self._signature = f"AWS4-HMAC-SHA256 Credential={scope}"
        allowed = set(_allowed(deployed, self.bucket, source_arn)) if origin.signs else set()
        self._reads = "s3:GetObject" in allowed
        self._lists = "s3:ListBucket" in allowed

    def fetch(self, request: Request) -> Response:
        if request.host != self._origin.domain_name:
            # A forwarded Host header names another bucket, which is not there.
            return _error(404, "NoSuchBucket")
        if request.method not in ("GET", "HEAD") or not self._reads:
            return _error(403, "AccessDenied")
        path = f"/{self.bucket}{request.path}"
        headers = Headers([*request.headers, ("Authorization", self._signature)])
        headers.set("Host", f"127.0.0.1:{self._port}")
        response = fetch(self._port, Request(request.method, path, headers=headers))
        if response.status == 404 and not self._lists:
            return _error(403, "AccessDenied")
        if response.status == 404:
            return _error(404, "NoSuchKey")
        _remove_emulators_own(response.headers)
        return response


def _remove_emulators_own(headers: Headers) -> None:
    """What the emulator answers to everybody and S3 does not: above all, CORS for all origins."""
    headers.remove(
        *(name for name, _ in headers if name.lower().startswith(("access-control-", "x-amz")))
    )
    headers.set("Server", "AmazonS3")


def _allowed(deployed: Deployed, bucket: str, source_arn: str) -> Iterator[str]:
    """The actions that the bucket's policies allow CloudFront for this distribution."""
    for policy in deployed.of_type("AWS::S3::BucketPolicy").values():
        if deployed.text(policy["Properties"]["Bucket"]) != bucket:
            continue
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if _is_for(deployed.value(statement), bucket, source_arn):
                actions = statement["Action"]
                yield from [actions] if isinstance(actions, str) else actions


def _is_for(statement: Mapping[str, Any], bucket: str, source_arn: str) -> bool:
    if statement["Effect"] != "Allow" or not isinstance(statement["Principal"], Mapping):
        return False
    if statement["Principal"].get("Service") != "cloudfront.amazonaws.com":
        return False
    resources = statement["Resource"]
    listed = [resources] if isinstance(resources, str) else resources
    everything = f"arn:aws:s3:::{bucket}/any/object"
    return statement["Condition"] == {"StringEquals": {"AWS:SourceArn": source_arn}} and any(
        fnmatch.fnmatchcase(everything, one) for one in listed
    )


def _error(status: int, code: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Response.text(status, body, "application/xml")
