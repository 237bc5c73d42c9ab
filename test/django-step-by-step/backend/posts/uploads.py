"""Direct uploads: the browser sends the image to the bucket with a form that was signed here.

A key names its owner, `media/uploads/<user id>/<random>.<ending>`, so that only the user who
asked for an upload can post it. What arrived is checked when it is posted.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage, storages
from storages.backends.s3 import S3Storage

from posts import images
from posts.models import Post

FORM_SECONDS = 600


def available() -> bool:
    return isinstance(storages["default"], S3Storage)


def signed_form(user: User, content_type: str) -> dict[str, Any]:
    """`url` and `fields` of the form to post (`file` last) and the `key` it will have."""
    bucket = default_storage.bucket
    key = f"{_prefix(user)}{uuid4()}{images.ENDINGS[content_type]}"
    form = bucket.meta.client.generate_presigned_post(
        bucket.name,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[
            {"Content-Type": content_type},
            ["content-length-range", 1, images.MAX_BYTES],
        ],
        ExpiresIn=FORM_SECONDS,
    )
    return {**form, "key": key}


def claim(user: User, key: str) -> str:
    """The uploaded file's name in the media storage; ValidationError when it can't be posted."""
    if not key.startswith(_prefix(user)) or ".." in key:
        raise ValidationError("This is not the key of an upload of yours.")
    name = key.removeprefix(_location())
    # Two posts with one file would lose it when the first is deleted.
    if Post.objects.filter(image=name).exists():
        raise ValidationError("This upload is already posted.")
    if not default_storage.exists(name):
        raise ValidationError("Nothing was uploaded under this key.")
    with default_storage.open(name) as file:
        images.check(file, file.size)
    return name


def _location() -> str:
    return f"{default_storage.location.strip('/')}/"


def _prefix(user: User) -> str:
    return f"{_location()}uploads/{user.pk}/"
