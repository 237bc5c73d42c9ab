"""S3 as browsers meet it: closed without a signature, strict with forms, open to one origin."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from requests import PreparedRequest
from requests import Request as Prepared

from tests.routing.http.message import Headers, Request, Response
from tests.routing.local.naming import CREDENTIALS, REGION
from tests.routing.s3.door import Door
from tests.routing.stack import ORIGIN
from tests.routing.template import Deployed

KEY = "media/uploads/1/a.png"
Post = Callable[..., Response]


@pytest.fixture(scope="module")
def door(deployed: Deployed) -> Door:
    """Without an emulator behind it: what is let through ends at a port where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    return Door(deployed, port=port, credentials=CREDENTIALS)


@pytest.fixture(scope="module")
def bucket(deployed: Deployed) -> str:
    (name,) = (
        name
        for name, one in deployed.of_type("AWS::S3::Bucket").items()
        if "CorsConfiguration" in one["Properties"]
    )
    return deployed.ref(name)


@pytest.fixture(scope="module")
def host(bucket: str) -> str:
    return f"{bucket}.s3.{REGION}.amazonaws.com"


@pytest.fixture
def post(door: Door, bucket: str, host: str) -> Post:
    """Sends a form that was signed for a PNG of at most 100 bytes, after changing some fields."""
    ((key_id, key),) = CREDENTIALS.items()
    client = boto3.client(
        "s3",
        region_name=REGION,
        aws_access_key_id=key_id,
        aws_secret_access_key=key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )

    def send(file: bytes = b"png", *, seconds: int = 60, **changed: str) -> Response:
        form = client.generate_presigned_post(
            bucket,
            KEY,
            Fields={"Content-Type": "image/png"},
            Conditions=[{"Content-Type": "image/png"}, ["content-length-range", 1, 100]],
            ExpiresIn=seconds,
        )
        assert form["url"] == f"https://{host}/"
        fields = {**form["fields"], **{k.replace("_", "-"): v for k, v in changed.items()}}
        sent = multipart(form["url"], fields, file)
        headers = Headers([("Host", host), *((k, str(v)) for k, v in sent.headers.items())])
        return door.answer(Request("POST", "/", headers=headers, body=bytes(sent.body or b"")))

    return send


def multipart(url: str, fields: dict[str, Any], file: bytes) -> PreparedRequest:
    return Prepared("POST", url, data=fields, files={"file": ("a.png", file)}).prepare()


def test_a_form_as_it_was_signed_is_let_through(post: Post) -> None:
    with pytest.raises(ConnectionRefusedError):
        post()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Content_Type": "text/html"}, b"Policy Condition failed"),
        ({"key": "static/admin.js"}, b"Policy Condition failed"),
        ({"acl": "public-read"}, b"Extra input fields: acl"),
        ({"x_amz_signature": "0" * 64}, b"SignatureDoesNotMatch"),
    ],
)
def test_a_changed_form_is_403(post: Post, changed: dict[str, str], reason: bytes) -> None:
    answer = post(**changed)

    assert answer.status == 403
    assert reason in answer.body


def test_a_larger_file_than_was_signed_for_is_403(post: Post) -> None:
    assert b"EntityTooLarge" in post(b"x" * 101).body


def test_a_form_whose_time_is_over_is_403(post: Post) -> None:
    assert b"Policy expired" in post(seconds=-60).body


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_who_has_not_signed_is_403(door: Door, host: str, method: str) -> None:
    request = Request(method, f"/{KEY}", headers=Headers([("Host", host)]))

    assert door.answer(request).status == 403


def preflight(door: Door, host: str, origin: str, method: str) -> Response:
    asked = [("Host", host), ("Origin", origin), ("Access-Control-Request-Method", method)]
    return door.answer(Request("OPTIONS", "/", headers=Headers(asked)))


def test_pages_of_the_domain_may_upload(door: Door, host: str) -> None:
    answer = preflight(door, host, ORIGIN, "POST")

    assert answer.status == 200
    assert answer.headers.get("Access-Control-Allow-Origin") == ORIGIN


@pytest.mark.parametrize(
    ("origin", "method"), [("https://evil.example.com", "POST"), (ORIGIN, "DELETE")]
)
def test_others_may_not_and_nobody_may_delete(
    door: Door, host: str, origin: str, method: str
) -> None:
    answer = preflight(door, host, origin, method)

    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
