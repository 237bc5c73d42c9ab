"""Saving a post and starting what follows from it, for the API and GraphQL alike."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction

from posts.models import Post
from posts.tasks import make_thumbnail


def publish(author: User, text: str, image: File | str = "") -> Post:
    """`image`: an uploaded file, or the name of one that is in the media storage already."""
    post = Post.objects.create(author=author, text=text, image=image)
    if post.image:
        # Robust: the post is accepted by now; with the broker away the sweep does it later.
        transaction.on_commit(lambda: make_thumbnail.delay(post.pk), robust=True)
    return post
