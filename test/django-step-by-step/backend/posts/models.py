"""Posts, who likes them, and a count per day."""

from __future__ import annotations

from pathlib import PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models


def image_name(post: Post, filename: str) -> str:
    """A name of our own: nothing that a visitor wrote ends up in a URL, and none is guessable."""
    return f"posts/{uuid4()}{PurePosixPath(filename).suffix.lower()}"


def thumbnail_name(post: Post, filename: str) -> str:
    return f"thumbnails/{uuid4()}{PurePosixPath(filename).suffix.lower()}"


class PostQuerySet(models.QuerySet["Post"]):
    def seen_by(self, user: User | AnonymousUser) -> PostQuerySet:
        """With author, `like_count` and `liked_by_me`, newest first, in one query."""
        likes = Like.objects.filter(post=models.OuterRef("pk"))
        # Count over a group of the subquery, so that the outer query needs no GROUP BY.
        count = likes.order_by().values("post").annotate(count=models.Count("pk")).values("count")
        mine = models.Exists(likes.filter(user_id=user.pk)) if user.pk else models.Value(False)
        return (
            self.select_related("author")
            .annotate(
                like_count=models.functions.Coalesce(models.Subquery(count), 0),
                liked_by_me=mine,
            )
            .order_by("-created_at", "-pk")
        )


class Post(models.Model):
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="posts"
    )
    text = models.TextField(max_length=1000)
    image = models.ImageField(upload_to=image_name, blank=True, max_length=255)
    # Made by the worker after the post is saved.
    thumbnail = models.ImageField(
        upload_to=thumbnail_name, blank=True, max_length=255, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("-created_at", "-id"), name="post_newest_first"),)

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"


class Like(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="likes"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("post", "user"), name="one_like_per_post_and_user"),
        )

    def __str__(self) -> str:
        return f"{self.user} likes {self.post_id}"


class DailyStatistic(models.Model):
    """What happened on one day (UTC). Counted anew by the periodic task, so it heals itself."""

    day = models.DateField(unique=True)
    posts = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    sign_ups = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day}: {self.posts} posts"
