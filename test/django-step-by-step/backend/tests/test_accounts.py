from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

WHO = {"username": "ann", "password": "correct-horse-1"}


def token(client: APIClient) -> dict[str, str]:
    return {"X-CSRFToken": client.get("/api/csrf/").json()["csrfToken"]}


def test_csrf_gives_the_token_in_the_body_and_as_a_readable_cookie(visitor: APIClient) -> None:
    response = visitor.get("/api/csrf/")
    assert response.json()["csrfToken"]
    assert not response.cookies["csrftoken"]["httponly"]


def test_sign_up_creates_the_user_and_logs_in_with_an_httponly_cookie(visitor: APIClient) -> None:
    response = visitor.post("/api/auth/sign-up/", WHO, headers=token(visitor))
    user = User.objects.get()
    assert (response.status_code, response.json()) == (
        201,
        {"user": {"id": user.pk, "username": "ann"}},
    )
    assert response.cookies["sessionid"]["httponly"]
    assert visitor.get("/api/auth/me/").json() == response.json()


@pytest.mark.parametrize(
    ("who", "field"),
    [
        ({"username": "ann", "password": "12345678"}, "password"),
        ({"username": "annabelle", "password": "annabelle"}, "password"),
        ({"username": "no spaces", "password": "correct-horse-1"}, "username"),
        ({"username": "ann"}, "password"),
    ],
)
def test_sign_up_names_the_field_that_is_wrong(
    visitor: APIClient, who: dict[str, str], field: str
) -> None:
    response = visitor.post("/api/auth/sign-up/", who, headers=token(visitor))
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not User.objects.exists()


def test_sign_up_refuses_a_name_that_is_taken(visitor: APIClient, ann: User) -> None:
    response = visitor.post("/api/auth/sign-up/", WHO, headers=token(visitor))
    assert (response.status_code, list(response.json())) == (400, ["username"])


def test_log_in_answers_with_the_user(visitor: APIClient, ann: User) -> None:
    response = visitor.post("/api/auth/log-in/", WHO, headers=token(visitor))
    assert (response.status_code, response.json()["user"]["username"]) == (200, "ann")


def test_log_in_with_a_wrong_password_is_400(visitor: APIClient, ann: User) -> None:
    wrong = {**WHO, "password": "correct-horse-2"}
    response = visitor.post("/api/auth/log-in/", wrong, headers=token(visitor))
    assert response.status_code == 400
    assert response.json() == {"detail": "Wrong user name or password."}
    assert visitor.get("/api/auth/me/").json() == {"user": None}


@pytest.mark.parametrize("path", ["sign-up", "log-in", "log-out"])
def test_without_the_csrf_token_nobody_gets_in_or_out(visitor: APIClient, path: str) -> None:
    response = visitor.post(f"/api/auth/{path}/", WHO)
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


def test_log_out_ends_the_session(visitor: APIClient, ann: User) -> None:
    visitor.force_login(ann)
    assert visitor.post("/api/auth/log-out/", headers=token(visitor)).status_code == 204
    assert visitor.get("/api/auth/me/").json() == {"user": None}
