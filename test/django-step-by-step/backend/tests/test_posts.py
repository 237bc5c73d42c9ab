from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from posts import images
from posts.models import Post

pytestmark = pytest.mark.django_db

Client = Callable[[User], APIClient]
MakeImage = Callable[..., SimpleUploadedFile]


def test_posts_are_listed_newest_first_in_pages(visitor: APIClient, ann: User) -> None:
    for number in range(12):
        Post.objects.create(author=ann, text=str(number))
    first = visitor.get("/api/posts/").json()
    second = visitor.get(first["next"]).json()
    assert (first["count"], first["previous"], second["next"]) == (12, None, None)
    texts = [post["text"] for post in first["results"] + second["results"]]
    assert texts == [str(number) for number in reversed(range(12))]


def test_a_post_has_exactly_the_promised_fields(visitor: APIClient, ann: User) -> None:
    post = Post.objects.create(author=ann, text="Hello")
    shown = visitor.get(f"/api/posts/{post.pk}/").json()
    assert shown.pop("created_at")
    assert shown == {
        "id": post.pk,
        "author": {"id": ann.pk, "username": "ann"},
        "text": "Hello",
        "image": None,
        "thumbnail": None,
        "like_count": 0,
        "liked_by_me": False,
    }


def test_a_page_costs_two_queries_however_long(
    visitor: APIClient, ann: User, django_assert_num_queries: Any
) -> None:
    Post.objects.bulk_create(Post(author=ann, text=str(number)) for number in range(10))
    with django_assert_num_queries(2):
        visitor.get("/api/posts/")


def test_writing_needs_a_log_in(visitor: APIClient) -> None:
    assert visitor.post("/api/posts/", {"text": "Hello"}).status_code == 403


def test_writing_needs_the_csrf_token(visitor: APIClient, ann: User) -> None:
    visitor.force_login(ann)
    response = visitor.post("/api/posts/", {"text": "Hello"})
    assert (response.status_code, Post.objects.count()) == (403, 0)
    token = visitor.get("/api/csrf/").json()["csrfToken"]
    response = visitor.post("/api/posts/", {"text": "Hello"}, headers={"X-CSRFToken": token})
    assert (response.status_code, Post.objects.count()) == (201, 1)


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_an_empty_or_too_long_text_is_refused(as_user: Client, ann: User, text: str) -> None:
    response = as_user(ann).post("/api/posts/", {"text": text})
    assert (response.status_code, list(response.json())) == (400, ["text"])


def test_an_image_is_stored_and_its_thumbnail_made(
    as_user: Client,
    ann: User,
    image: MakeImage,
    media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    content = {"text": "Look", "image": image()}
    with django_capture_on_commit_callbacks(execute=True):
        response = as_user(ann).post("/api/posts/", content, format="multipart")
    assert response.status_code == 201, response.content
    post = Post.objects.get()
    assert response.json()["image"] == f"http://testserver/media/{post.image.name}"
    with Image.open(media / post.thumbnail.name) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (400, 267))


def test_nothing_of_the_uploaded_name_reaches_the_stored_one(
    as_user: Client, ann: User, image: MakeImage
) -> None:
    content = {"text": "Look", "image": image("attack.jpeg", "PNG")}
    response = as_user(ann).post("/api/posts/", content, format="multipart")
    assert response.status_code == 201, response.content
    name = Post.objects.get().image.name
    assert "attack" not in name
    assert name.endswith(".png")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "fake.png"])
def test_what_is_no_image_is_refused(as_user: Client, ann: User, name: str) -> None:
    file = SimpleUploadedFile(name, b"<svg onload='alert(1)'/>", "image/png")
    response = as_user(ann).post("/api/posts/", {"text": "x", "image": file}, format="multipart")
    assert (response.status_code, list(response.json())) == (400, ["image"])


def test_an_image_of_an_unlisted_kind_is_refused(
    as_user: Client, ann: User, image: MakeImage
) -> None:
    content = {"text": "x", "image": image("scan.tiff", "TIFF")}
    response = as_user(ann).post("/api/posts/", content, format="multipart")
    assert (response.status_code, list(response.json())) == (400, ["image"])


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_PIXELS"])
def test_a_too_large_image_is_refused(
    as_user: Client, ann: User, image: MakeImage, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(images, limit, 100)
    content = {"text": "x", "image": image()}
    response = as_user(ann).post("/api/posts/", content, format="multipart")
    assert (response.status_code, list(response.json())) == (400, ["image"])


def test_the_author_deletes_the_post_and_its_files(
    as_user: Client,
    ann: User,
    image: MakeImage,
    media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_user(ann).post("/api/posts/", {"text": "x", "image": image()}, format="multipart")
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        response = as_user(ann).delete(f"/api/posts/{Post.objects.get().pk}/")
    assert response.status_code == 204
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_another_user_cannot_delete_the_post(as_user: Client, ann: User, bob: User) -> None:
    post = Post.objects.create(author=ann, text="Mine")
    assert as_user(bob).delete(f"/api/posts/{post.pk}/").status_code == 403
    assert Post.objects.filter(pk=post.pk).exists()


def test_liking_twice_counts_once_and_shows_who_likes(
    as_user: Client, ann: User, bob: User
) -> None:
    post = Post.objects.create(author=ann, text="Hello")
    path = f"/api/posts/{post.pk}/like/"
    as_user(bob).post(path)
    response = as_user(bob).post(path)
    assert (response.status_code, response.json()) == (
        200,
        {"like_count": 1, "liked_by_me": True},
    )
    assert as_user(ann).post(path).json() == {"like_count": 2, "liked_by_me": True}
    shown = APIClient().get(f"/api/posts/{post.pk}/").json()
    assert (shown["like_count"], shown["liked_by_me"]) == (2, False)


def test_a_like_can_be_taken_back(as_user: Client, ann: User, bob: User) -> None:
    post = Post.objects.create(author=ann, text="Hello")
    path = f"/api/posts/{post.pk}/like/"
    as_user(bob).post(path)
    response = as_user(bob).delete(path)
    assert (response.status_code, response.json()) == (
        200,
        {"like_count": 0, "liked_by_me": False},
    )


def test_liking_needs_a_log_in(visitor: APIClient, ann: User) -> None:
    post = Post.objects.create(author=ann, text="Hello")
    assert visitor.post(f"/api/posts/{post.pk}/like/").status_code == 403


def test_direct_uploads_say_that_they_need_s3(as_user: Client, ann: User) -> None:
    asked = {"filename": "a.png", "content_type": "image/png"}
    response = as_user(ann).post("/api/posts/uploads/", asked)
    assert response.status_code == 501
    assert "S3" in response.json()["detail"]
    response = as_user(ann).post("/api/posts/", {"text": "x", "image_key": "media/uploads/1/a"})
    assert (response.status_code, list(response.json())) == (400, ["image_key"])
