"""Private media: only who brings a signature of the trusted key sees a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.routing.local.naming import deployed_here
from tests.routing.local.tls import Certificate
from tests.routing.pictures import png
from tests.routing.site import Ports, Site, site
from tests.routing.stack import ORIGIN, blog

PATH = "/media/posts/private.png"
Sign = Callable[[str, dt.datetime], str]


def signer(key: rsa.RSAPrivateKey, key_id: str) -> Sign:
    """What a Django project signs with: boto3's own signer."""
    made = CloudFrontSigner(
        key_id,
        lambda message: key.sign(message, padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303
    )
    return lambda url, until: made.generate_presigned_url(url, date_less_than=until)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def private(
    dist: Path,
    address: str,
    ports: Ports,
    certificate: Certificate,
    key: rsa.RSAPrivateKey,
    s3: Any,
    assets_bucket: str,
) -> Iterator[Site]:
    """The same application with private media, on the same buckets."""
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    template = blog(dist, media_access="private", media_public_key=pem.decode())
    s3.put_object(Bucket=assets_bucket, Key=PATH[1:], Body=png(8, 8), ContentType="image/png")
    with site(deployed_here(template.body, address), ports, certificate) as running:
        yield running


@pytest.fixture
def sign(key: rsa.RSAPrivateKey, private: Site) -> Sign:
    (behavior,) = [one for one in private.edge.distribution.behaviors if one.keys]
    (key_id,) = behavior.keys
    return signer(key, key_id)


def soon() -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)


def query(signed: str) -> str:
    return signed.removeprefix(ORIGIN)


def test_without_a_signature_it_is_403(private: Site) -> None:
    answer = private.ask(PATH)

    assert answer.status == 403
    assert b"MissingKey" in answer.body


def test_a_signed_url_shows_the_file(private: Site, sign: Sign) -> None:
    answer = private.ask(query(sign(f"{ORIGIN}{PATH}", soon())))

    assert answer.status == 200
    assert answer.body == png(8, 8)


def test_a_url_that_has_expired_is_403(private: Site, sign: Sign) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)

    assert private.ask(query(sign(f"{ORIGIN}{PATH}", past))).status == 403


def test_a_signature_is_good_for_its_own_file_only(private: Site, sign: Sign) -> None:
    signed = sign(f"{ORIGIN}/media/posts/other.png", soon())

    answer = private.ask(query(signed).replace("other.png", "private.png"))

    assert answer.status == 403
    assert b"AccessDenied" in answer.body


def test_another_key_signs_nothing(private: Site, sign: Sign) -> None:
    key_id = sign(f"{ORIGIN}{PATH}", soon()).split("Key-Pair-Id=")[1].split("&")[0]
    stranger = signer(rsa.generate_private_key(public_exponent=65537, key_size=2048), key_id)

    assert private.ask(query(stranger(f"{ORIGIN}{PATH}", soon()))).status == 403


def test_signed_cookies_show_the_file_too(private: Site, sign: Sign) -> None:
    parameters = query(sign(f"{ORIGIN}{PATH}", soon())).partition("?")[2]
    cookies = "; ".join(f"CloudFront-{one}" for one in parameters.split("&"))

    assert private.ask(PATH, Cookie=cookies).status == 200


def test_what_was_seen_with_a_signature_is_not_shown_without(private: Site, sign: Sign) -> None:
    private.ask(query(sign(f"{ORIGIN}{PATH}", soon())))

    assert private.ask(PATH).status == 403


def test_static_files_and_pages_ask_for_no_signature(private: Site) -> None:
    assert private.ask("/static/admin/css/base.css").status == 200
    assert private.ask("/about").status == 200
