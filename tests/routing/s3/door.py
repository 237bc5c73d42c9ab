"""The door of S3 that browsers and the application come to: TLS, real host names, no anonymous
access, CORS, signed forms. Behind it an emulator keeps the objects.

All buckets of the stacks here block public access, so who has not signed gets 403.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.routing.http.client import fetch
from tests.routing.http.message import Request, Response
from tests.routing.s3.cors import Cors
from tests.routing.s3.presigned_post import FormError, check_form, read_form
from tests.routing.template import Deployed


class Door:
    """Answers for every bucket of a stack.

    :param port: where the emulator listens.
    :param credentials: access key id -> secret access key.
    """

    def __init__(self, deployed: Deployed, *, port: int, credentials: Mapping[str, str]) -> None:
        self._port = port
        self._credentials = credentials
        self._cors = {
            deployed.ref(name): Cors(
                deployed.value(bucket["Properties"])
                .get("CorsConfiguration", {})
                .get("CorsRules", [])
            )
            for name, bucket in deployed.of_type("AWS::S3::Bucket").items()
        }

    def answer(self, request: Request) -> Response:
        bucket = request.host.partition(".s3.")[0]
        if bucket not in self._cors:
            return _error(404, "NoSuchBucket")
        cors = self._cors[bucket]
        if request.method == "OPTIONS":
            return cors.preflight(request)
        response = self._refusal(request, bucket) or self._emulated(request, bucket)
        cors.apply(request, response)
        return response

    def _refusal(self, request: Request, bucket: str) -> Response | None:
        try:
            if request.method == "POST" and "multipart/form-data" in request.headers.get(
                "Content-Type"
            ):
                check_form(read_form(request), bucket, self._credentials)
                return None
        except FormError as refused:
            return _error(403, str(refused))
        authorization = request.headers.get("Authorization") or request.query
        known = any(f"Credential={key}/" in authorization for key in self._credentials)
        return None if known else _error(403, "AccessDenied")

    def _emulated(self, request: Request, bucket: str) -> Response:
        headers = request.headers.copy()
        headers.set("Host", f"127.0.0.1:{self._port}")
        headers.remove("Expect")
        return fetch(self._port, replace(request, path=f"/{bucket}{request.path}", headers=headers))


def _error(status: int, code: str) -> Response:
    return Response.text(status, f"<Error><Code>{code}</Code></Error>", "application/xml")
