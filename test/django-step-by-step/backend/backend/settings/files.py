"""Where static files and uploads go: a bucket under `static/` and `media/`, or this disk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import boto3

from backend.settings import env

# How long a signed link to a private file works.
SIGNED_URL_SECONDS = 3600


def bucket_name() -> str:
    return env.text("S3_BUCKET_NAME") or env.text("AWS_STORAGE_BUCKET_NAME")


def bucket_storages() -> dict[str, Any]:
    """STORAGES with both in the bucket."""
    return {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {**_bucket_options(), "location": "media", "file_overwrite": False},
        },
        "staticfiles": {
            "BACKEND": "backend.storage.StaticStorage",
            "OPTIONS": {**_bucket_options(), "location": "static"},
        },
    }


def disk_storages(static: str) -> dict[str, Any]:
    """STORAGES with both on disk; `static` is the backend for static files."""
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": static},
    }


def _bucket_options() -> dict[str, Any]:
    domain = _domain()
    return {
        "bucket_name": bucket_name(),
        "region_name": env.text("AWS_S3_REGION_NAME") or boto3.Session().region_name,
        "signature_version": "s3v4",
        "addressing_style": _addressing_style(),
        # New buckets refuse ACLs.
        "default_acl": None,
        "custom_domain": domain or None,
        # Behind a CDN links are plain; straight from the private bucket they are signed.
        "querystring_auth": not domain,
        "querystring_expire": SIGNED_URL_SECONDS,
    }


def _domain() -> str:
    """AWS_S3_CUSTOM_DOMAIN, with or without a scheme in front."""
    domain = env.text("AWS_S3_CUSTOM_DOMAIN").rstrip("/")
    return urlsplit(domain).netloc if "://" in domain else domain


def _addressing_style() -> str:
    """`virtual` makes boto3 sign for the bucket's regional host name: by default it signs for the
    global one, which answers a redirect that voids the signature while a bucket is new. An
    emulator at AWS_ENDPOINT_URL has no host name per bucket."""
    endpoint = env.text("AWS_ENDPOINT_URL_S3") or env.text("AWS_ENDPOINT_URL")
    return "path" if endpoint else "virtual"
