"""A browser's upload by a form that was signed: the signature and every condition are checked.

The emulator takes any form, S3 does not.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from tests.routing.http.message import Request

# Fields that need no condition of their own.
_FREE = {"x-amz-signature", "file", "policy"}


class FormError(Exception):
    """S3 answers 403 with this code and reason."""


@dataclass(frozen=True)
class Form:
    """The form's fields, with names in lower case, and the length of its file."""

    fields: Mapping[str, str]
    size: int


def read_form(request: Request) -> Form:
    """The multipart form of a request."""
    head = f"Content-Type: {request.headers.get('Content-Type')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    fields, size = {}, 0
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition")).lower()
        content: bytes = part.get_payload(decode=True)
        if name == "file":
            size = len(content)
            # S3 ignores every field that comes after the file.
            break
        fields[name] = content.decode()
    return Form(fields, size)


def check_form(form: Form, bucket: str, credentials: Mapping[str, str]) -> None:
    """Let a form pass whose policy is signed, not expired, and kept to the letter.

    Raises:
        FormError: it is not.
    """
    fields = form.fields
    if not {"policy", "x-amz-signature", "x-amz-credential", "key"} <= set(fields):
        raise FormError("AccessDenied: the form is not signed")
    _check_signature(fields, credentials)
    policy = json.loads(base64.b64decode(fields["policy"]))
    expires = datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if expires < datetime.now(UTC):
        raise FormError("AccessDenied: Invalid according to Policy: Policy expired.")
    given = {**fields, "bucket": bucket}
    covered = {_check(condition, given, form.size) for condition in policy["conditions"]}
    loose = set(fields) - covered - _FREE
    if loose := {name for name in loose if not name.startswith("x-ignore-")}:
        raise FormError(f"AccessDenied: Extra input fields: {', '.join(sorted(loose))}")


def _check_signature(fields: Mapping[str, str], credentials: Mapping[str, str]) -> None:
    key_id, *scope = fields["x-amz-credential"].split("/")
    if key_id not in credentials:
        raise FormError("InvalidAccessKeyId")
    key = f"AWS4{credentials[key_id]}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    expected = hmac.new(key, fields["policy"].encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, fields["x-amz-signature"]):
        raise FormError("SignatureDoesNotMatch")


def _check(
    condition: Mapping[str, str] | Sequence[Any], given: Mapping[str, str], size: int
) -> str:
    """The field that a condition speaks of, once it holds."""
    if isinstance(condition, Mapping):
        ((name, value),) = condition.items()
        operator = "eq"
    else:
        operator, name, value = condition
    if operator == "content-length-range":
        if not int(name) <= size <= int(value):
            raise FormError(f"EntityTooLarge: {size} bytes")
        return ""
    name = name.removeprefix("$").lower()
    text = given.get(name, "")
    if not (text == value if operator == "eq" else text.startswith(value)):
        raise FormError(f"AccessDenied: Policy Condition failed: {condition}")
    return name
