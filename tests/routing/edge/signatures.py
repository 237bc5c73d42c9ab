"""Signed URLs and signed cookies: who may see what a trusted key group guards.

The signature is verified with the public key of the template, as CloudFront does, over the canned
policy that the URL stands for, or over the custom policy that comes with it.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-cookies.html
"""

from __future__ import annotations

import base64
import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.routing.http.message import Request

_PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")


class RefusedError(Exception):
    """The request carries no valid signature; the text is CloudFront's error code."""


class TrustedKeys:
    """The keys of a behaviour's key groups.

    :param keys: id of the public key -> its PEM text.
    :param clock: the time of day, in seconds since the epoch.
    """

    def __init__(self, keys: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._keys = {
            key_id: serialization.load_pem_public_key(pem.encode()) for key_id, pem in keys.items()
        }
        self._clock = clock

    def check(self, request: Request) -> None:
        """Let a signed request pass.

        Raises:
            RefusedError: it has no signature (`MissingKey`), or not a valid one (`AccessDenied`).
        """
        given = _of_query(request) or _of_cookies(request)
        if "Key-Pair-Id" not in given:
            raise RefusedError("MissingKey")
        url = f"{request.scheme}://{request.headers.get('Host')}{without_signature(request)}"
        policy = (
            _decode(given["Policy"]).decode()
            if "Policy" in given
            else canned_policy(url, given.get("Expires", ""))
        )
        if not (self._verifies(given, policy) and self._allows(policy, url)):
            raise RefusedError("AccessDenied")

    def _verifies(self, given: Mapping[str, str], policy: str) -> bool:
        key = self._keys.get(given["Key-Pair-Id"])
        if not isinstance(key, rsa.RSAPublicKey) or "Signature" not in given:
            return False
        try:
            # SHA-1 is CloudFront's, not a choice of ours.
            key.verify(
                _decode(given["Signature"]),
                policy.encode(),
                padding.PKCS1v15(),
                hashes.SHA1(),  # noqa: S303
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    def _allows(self, policy: str, url: str) -> bool:
        (statement,) = json.loads(policy)["Statement"]
        condition: Mapping[str, Any] = statement["Condition"]
        if set(condition) != {"DateLessThan"}:
            message = f"condition {sorted(condition)} of a custom policy is unknown here"
            raise LookupError(message)
        in_time = self._clock() < condition["DateLessThan"]["AWS:EpochTime"]
        return in_time and fnmatch.fnmatchcase(url, statement["Resource"])


def canned_policy(url: str, expires: str) -> str:
    """The policy that a URL with `Expires` stands for; its spelling is part of the signature."""
    if not expires.isdecimal():
        raise RefusedError("AccessDenied")
    condition = f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}'
    return f'{{"Statement":[{{"Resource":"{url}","Condition":{condition}}}]}}'


def without_signature(request: Request) -> str:
    """Path and query as they were before they were signed."""
    kept = [
        piece for piece in request.query.split("&") if piece.partition("=")[0] not in _PARAMETERS
    ]
    query = "&".join(piece for piece in kept if piece)
    return f"{request.path}?{query}" if query else request.path


def _of_query(request: Request) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(request.query) if name in _PARAMETERS}


def _of_cookies(request: Request) -> dict[str, str]:
    cookies = SimpleCookie(request.headers.get("Cookie"))
    prefix = "CloudFront-"
    return {
        name.removeprefix(prefix): one.value
        for name, one in cookies.items()
        if name.startswith(prefix)
    }


def _decode(text: str) -> bytes:
    """Base64 with the three characters replaced that mean something in a URL."""
    if not re.fullmatch(r"[A-Za-z0-9\-_~]*", text):
        raise RefusedError("AccessDenied")
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")))
