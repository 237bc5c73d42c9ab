"""Files in the bucket: through the API and straight from the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from backend.settings import files
from posts import images
from posts.models import Post

pytestmark = pytest.mark.django_db

Client = Callable[[User], APIClient]
MakeImage = Callable[..., SimpleUploadedFile]


def ask(client: APIClient, content_type: str = "image/png") -> dict[str, Any]:
    asked = {"filename": "a.png", "content_type": content_type}
    response = client.post("/api/posts/uploads/", asked)
    assert response.status_code == 201, response.content
    return response.json()


def send(form: dict[str, Any], content: bytes) -> int:
    file = {"file": ("a.png", content)}
    return requests.post(form["url"], data=form["fields"], files=file, timeout=10).status_code


def keys(bucket: Any) -> list[str]:
    return [item.key for item in bucket.objects.all()]


def test_an_image_lands_under_media_with_its_true_type_and_no_acl(
    bucket: Any, as_user: Client, ann: User, image: MakeImage
) -> None:
    content = {"text": "Look", "image": image()}
    assert as_user(ann).post("/api/posts/", content, format="multipart").status_code == 201
    post = Post.objects.get()
    stored = bucket.Object(f"media/{post.image.name}")
    assert stored.content_type == "image/png"
    everybody = "http://acs.amazonaws.com/groups/global/AllUsers"
    assert everybody not in str(stored.Acl().grants)


def test_without_a_cdn_the_image_link_is_signed_and_works(
    bucket: Any, as_user: Client, ann: User, image: MakeImage
) -> None:
    content = {"text": "Look", "image": image()}
    url = as_user(ann).post("/api/posts/", content, format="multipart").json()["image"]
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
    assert "eu-west-1" in url
    assert requests.get(url, timeout=10).content == image().read()


def test_with_a_cdn_the_image_link_is_plain_and_on_its_domain(
    bucket: Any,
    as_user: Client,
    ann: User,
    image: MakeImage,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_S3_CUSTOM_DOMAIN", "blog.example.com")
    settings.STORAGES = files.bucket_storages()
    content = {"text": "Look", "image": image()}
    url = as_user(ann).post("/api/posts/", content, format="multipart").json()["image"]
    assert url == f"https://blog.example.com/media/{Post.objects.get().image.name}"


def test_deleting_the_post_empties_the_bucket(
    bucket: Any,
    as_user: Client,
    ann: User,
    image: MakeImage,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = as_user(ann)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/api/posts/", {"text": "x", "image": image()}, format="multipart")
    assert len(keys(bucket)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        client.delete(f"/api/posts/{Post.objects.get().pk}/")
    assert keys(bucket) == []


def test_a_browser_uploads_with_the_signed_form_and_posts_the_key(
    bucket: Any,
    as_user: Client,
    ann: User,
    image: MakeImage,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = as_user(ann)
    form = ask(client)
    assert send(form, image().read()) == 204
    assert keys(bucket) == [form["key"]]
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/api/posts/", {"text": "x", "image_key": form["key"]})
    assert response.status_code == 201, response.content
    assert requests.get(response.json()["image"], timeout=10).content == image().read()
    assert Post.objects.get().thumbnail


def test_the_form_limits_type_and_size_and_names_its_owner(
    bucket: Any, as_user: Client, ann: User
) -> None:
    form = ask(as_user(ann), "image/jpeg")
    assert form["key"].startswith(f"media/uploads/{ann.pk}/")
    assert form["key"].endswith(".jpg")
    assert form["fields"]["Content-Type"] == "image/jpeg"
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_a_form_for_something_else_than_an_image_is_refused(as_user: Client, ann: User) -> None:
    asked = {"filename": "a.html", "content_type": "text/html"}
    response = as_user(ann).post("/api/posts/uploads/", asked)
    assert (response.status_code, list(response.json())) == (400, ["content_type"])


def test_a_form_needs_a_log_in(visitor: APIClient, db: None) -> None:
    assert visitor.post("/api/posts/uploads/", {}).status_code == 403


def test_another_users_upload_cannot_be_posted(
    bucket: Any, as_user: Client, ann: User, bob: User, image: MakeImage
) -> None:
    form = ask(as_user(ann))
    send(form, image().read())
    response = as_user(bob).post("/api/posts/", {"text": "x", "image_key": form["key"]})
    assert (response.status_code, list(response.json())) == (400, ["image_key"])


def test_an_upload_that_never_arrived_cannot_be_posted(
    bucket: Any, as_user: Client, ann: User
) -> None:
    client = as_user(ann)
    response = client.post("/api/posts/", {"text": "x", "image_key": ask(client)["key"]})
    assert (response.status_code, list(response.json())) == (400, ["image_key"])


def test_an_upload_that_is_no_image_cannot_be_posted(
    bucket: Any, as_user: Client, ann: User
) -> None:
    client = as_user(ann)
    form = ask(client)
    send(form, b"<script>alert(1)</script>")
    response = client.post("/api/posts/", {"text": "x", "image_key": form["key"]})
    assert (response.status_code, list(response.json())) == (400, ["image_key"])


def test_a_too_large_upload_cannot_be_posted(
    bucket: Any, as_user: Client, ann: User, image: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(ann)
    form = ask(client)
    send(form, image().read())
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    response = client.post("/api/posts/", {"text": "x", "image_key": form["key"]})
    assert (response.status_code, list(response.json())) == (400, ["image_key"])


def test_one_upload_makes_one_post(
    bucket: Any, as_user: Client, ann: User, image: MakeImage
) -> None:
    client = as_user(ann)
    form = ask(client)
    send(form, image().read())
    body = {"text": "x", "image_key": form["key"]}
    assert client.post("/api/posts/", body).status_code == 201
    assert client.post("/api/posts/", body).status_code == 400


def test_image_and_image_key_together_are_refused(
    bucket: Any, as_user: Client, ann: User, image: MakeImage
) -> None:
    body = {"text": "x", "image": image(), "image_key": f"media/uploads/{ann.pk}/a.png"}
    response = as_user(ann).post("/api/posts/", body, format="multipart")
    assert response.status_code == 400
