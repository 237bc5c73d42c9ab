"""Static files in the bucket, with the cache lifetimes that browsers and a CDN need."""

from __future__ import annotations

import re
from typing import Any

from storages.backends.s3 import S3ManifestStaticStorage

# What Django's manifest puts into a name: the content's hash, so the content never changes.
HASHED = re.compile(r"\.[0-9a-f]{12}\.[^./]+$")


class StaticStorage(S3ManifestStaticStorage):
    """`collectstatic` writes hashed names; those may be kept for ever, all others briefly."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        lifetime = "max-age=31536000, immutable" if HASHED.search(name) else "max-age=300"
        return {**super().get_object_parameters(name), "CacheControl": f"public, {lifetime}"}
