"""Static files in the bucket, with the cache lifetimes that browsers and a CDN need."""

from __future__ import annotations

import mimetypes
import re
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe
from storages.backends.s3 import S3StaticStorage

# What Django's manifest puts into a name: the content's hash, so the content never changes.
HASHED = re.compile(r"\.[0-9a-f]{12}\.[^./]+$")


def cache_control(name: str) -> str:
    return f"public, {'max-age=31536000, immutable' if HASHED.search(name) else 'max-age=300'}"


class BucketStorage(S3StaticStorage):
    """Links to the CDN in front of the bucket or, without one, to `from_bucket` below.

    Signed links won't do: a stylesheet names its imports and icons relative to itself, and those
    would come without a signature.
    """

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        if self.custom_domain:
            return super().url(name, *args, **kwargs)
        return f"{settings.STATIC_URL}{name}"

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        return {**super().get_object_parameters(name), "CacheControl": cache_control(name)}


class StaticStorage(ManifestFilesMixin, BucketStorage):
    """`collectstatic` writes hashed names, and while it runs the old version serves on.

    Django's mixin deletes and rewrites every stylesheet and the manifest at each release, so that
    pages would miss them for a moment. Here a hashed file is written once and stays, since pages
    that are still open name it, and the manifest is only ever overwritten.
    """

    keep_intermediate_files = False

    def delete(self, name: str) -> None:
        if not HASHED.search(name) and name != self.manifest_name:
            super().delete(name)

    def _save(self, name: str, content: File) -> str:
        if HASHED.search(name) and self.exists(name):
            return name
        return super()._save(name, content)


@require_safe
def from_bucket(request: HttpRequest, path: str) -> FileResponse:
    """One static file out of the private bucket, for deployments without a CDN."""
    try:
        file = staticfiles_storage.open(path)
    except OSError as error:
        raise Http404(path) from error
    content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {"Cache-Control": cache_control(path)}
    return FileResponse(file, content_type=content_type, headers=headers)
