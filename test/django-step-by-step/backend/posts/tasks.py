"""What the worker does. Each task may run twice and then changes nothing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import PurePosixPath

from celery import shared_task
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageOps

from posts.models import DailyStatistic, Like, Post

# `ignore_result` where nobody asks: with the result store away, celery would hold up whoever
# starts the task for 20 seconds.

THUMBNAIL_SIZE = (400, 400)


@shared_task(ignore_result=True)
def make_thumbnail(post_id: int) -> str:
    """Writes the post's thumbnail and returns its name; empty when there is nothing to do."""
    post = Post.objects.filter(pk=post_id).exclude(image="").first()
    if post is None or post.thumbnail:
        return ""
    with post.image.open() as file:
        content = _shrink(file)
    name = PurePosixPath(post.image.name).with_suffix(".webp").name
    post.thumbnail.save(name, ContentFile(content), save=False)
    # The post may be deleted meanwhile (saving would bring it back) or done by another worker.
    if Post.objects.filter(pk=post_id, thumbnail="").update(thumbnail=post.thumbnail.name):
        return post.thumbnail.name
    post.thumbnail.delete(save=False)
    return ""


@shared_task(ignore_result=True)
def make_missing_thumbnails() -> int:
    """Asks for thumbnails whose message never reached the broker; returns how many.

    Gives up after a day: what failed until then is a picture that can't be read.
    """
    now = timezone.now()
    overdue = (now - timedelta(days=1), now - timedelta(minutes=2))
    missing = Post.objects.exclude(image="").filter(thumbnail="", created_at__range=overdue)
    ids = list(missing.values_list("pk", flat=True)[:100])
    for post_id in ids:
        make_thumbnail.delay(post_id)
    return len(ids)


@shared_task
def count_the_day(day: str | None = None) -> int:
    """Counts one day (ISO date, UTC; none: today, and yesterday once more), returns its posts."""
    if day is None:
        # The last minutes of a day are only counted on the next.
        count_the_day((timezone.now() - timedelta(days=1)).date().isoformat())
    counted = date.fromisoformat(day) if day else timezone.now().date()
    statistic, _ = DailyStatistic.objects.update_or_create(
        day=counted,
        defaults={
            "posts": Post.objects.filter(created_at__date=counted).count(),
            "likes": Like.objects.filter(created_at__date=counted).count(),
            "sign_ups": User.objects.filter(date_joined__date=counted).count(),
        },
    )
    return statistic.posts


def _shrink(file: io.IOBase) -> bytes:
    with Image.open(file) as image:
        # A phone's photo is stored sideways with a note to turn it.
        upright = ImageOps.exif_transpose(image)
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    upright.thumbnail(THUMBNAIL_SIZE)
    output = io.BytesIO()
    upright.save(output, "WEBP")
    return output.getvalue()
