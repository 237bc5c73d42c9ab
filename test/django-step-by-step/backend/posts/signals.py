"""Files go when their post goes, also when the admin or a cascade deletes it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from posts.models import Post


@receiver(post_delete, sender=Post)
def delete_files(instance: Post, **_: Any) -> None:
    files = [file for file in (instance.image, instance.thumbnail) if file]
    for file in files:
        # After the commit: a rolled-back delete keeps its picture. Robust: a bucket that is
        # away leaves a file behind, not an error.
        transaction.on_commit(lambda file=file: file.storage.delete(file.name), robust=True)
