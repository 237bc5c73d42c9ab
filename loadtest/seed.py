"""Fills the sample's database and prints, as JSON, what visitors have to know. Runs with Django."""

from __future__ import annotations

import json
import sys

import django

PASSWORD = "correct-horse-1"  # noqa: S105 - of a database that lives for minutes
VISITORS = 32
POSTS = 500


def fill() -> dict[str, object]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from posts.models import Like, Post

    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=f"visitor-{number}", password=password) for number in range(VISITORS)
    )
    posts = Post.objects.bulk_create(
        Post(author=users[number % VISITORS], text=f"Post {number}. " + "Words. " * 40)
        for number in range(POSTS)
    )
    Like.objects.bulk_create(
        Like(user=user, post=post)
        for number, post in enumerate(posts)
        for user in users[: number % 7]
    )
    visitors = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        visitors.append({"username": user.username, "session": session.session_key})
    return {"visitors": visitors, "posts": [post.pk for post in posts], "password": PASSWORD}


if __name__ == "__main__":
    django.setup()
    json.dump(fill(), sys.stdout)
