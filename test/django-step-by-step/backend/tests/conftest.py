"""What all tests share. Servers start when a test first asks for them."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from moto.server import ThreadedMotoServer
from PIL import Image
from rest_framework.test import APIClient

from backend.settings import files
from tests.equipment.postgres import Postgres, postgres
from tests.equipment.redis import Redis, redis
from tests.equipment.tls import Certificate, make_certificate

BUCKET = "blog-assets"
REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """The production hash takes half a second on purpose, for every user of every test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def visitor() -> APIClient:
    """Nobody logged in; CSRF is enforced as in a browser."""
    return APIClient(enforce_csrf_checks=True)


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password="correct-horse-1")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", password="correct-horse-2")


@pytest.fixture
def as_user() -> Callable[[User], APIClient]:
    def client(user: User) -> APIClient:
        api = APIClient()
        api.force_login(user)
        return api

    return client


@pytest.fixture
def image() -> Callable[..., SimpleUploadedFile]:
    def make(
        name: str = "holiday.png", kind: str = "PNG", size: tuple[int, int] = (900, 600)
    ) -> SimpleUploadedFile:
        content = io.BytesIO()
        Image.new("RGB", size, "teal").save(content, kind)
        return SimpleUploadedFile(name, content.getvalue(), "text/html")

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def postgres_server(certificate: Certificate) -> Iterator[Postgres]:
    with postgres(certificate) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(
    certificate: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Redis]:
    with redis(certificate, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, str]]:
    """The variables with which boto3 finds the emulator of S3 and Secrets Manager."""
    # A line per request is what most of a failure's output would be.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
    }
    server.stop()


@pytest.fixture
def aws_here(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(aws_here: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """The application of this process stores its files in this (empty) bucket."""
    made = boto3.resource("s3").Bucket(BUCKET)
    made.create(CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setenv("S3_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("AWS_S3_REGION_NAME", REGION)
    settings.STORAGES = files.bucket_storages()
    yield made
    made.object_versions.delete()
    made.delete()
