"""Production on AWS: ECS, EKS, EC2, or elsewhere with a bucket at hand.

Containers come and go with their disks here, so a missing bucket stops the start instead of
losing uploads later.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from backend.settings import files
from backend.settings.production import *  # noqa: F403

if not files.bucket_name():
    raise ImproperlyConfigured("no bucket: set S3_BUCKET_NAME (or AWS_STORAGE_BUCKET_NAME)")
