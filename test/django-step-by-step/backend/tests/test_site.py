"""What no single application owns: health, errors, the API's description, the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client


def test_liveness_answers_an_unknown_host_without_the_database(client: Client) -> None:
    # No `db` fixture: a query would raise.
    response = client.get("/api/health-check/", headers={"host": "10.0.3.7:8000"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_liveness_answers_before_the_redirect_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/api/health-check/").status_code == 200
    assert client.get("/api/posts/").status_code == 301


def test_readiness_refuses_an_unknown_host(client: Client) -> None:
    response = client.get("/api/health-check/ready/", headers={"host": "10.0.3.7"})
    assert response.status_code == 400


def test_readiness_asks_database_and_cache(client: Client, db: None) -> None:
    response = client.get("/api/health-check/ready/")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": "ok", "cache": "ok"}


def test_readiness_says_which_part_is_away(client: Client, db: None, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = client.get("/api/health-check/ready/")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "cache": "unavailable"}


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/nope/", "/api/posts/77/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_api_path_is_404_in_json(
    client: Client, db: None, settings: Any, path: str, method: str, debug: bool
) -> None:
    settings.DEBUG = debug
    response = getattr(client, method)(path)
    if path == "/api/posts/77/" and method == "post":
        # Known path, wrong method; a visitor learns first that a log-in is missing.
        assert response.status_code in (403, 405)
    else:
        assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["detail"]


def test_a_crash_in_the_api_is_500_in_json(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr("accounts.views.MeView.get", crash)
    response = Client(raise_request_exception=False).get("/api/auth/me/")
    assert (response.status_code, response.json()) == (500, {"detail": "Server error."})


def test_the_api_describes_itself_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    described = capsys.readouterr().out
    for path in ("/api/posts/{id}/like/", "/api/posts/uploads/", "/api/auth/sign-up/"):
        assert f"{path}:" in described


def test_the_docs_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "://" not in page.replace("http://testserver", "")


def test_schema_is_served(client: Client) -> None:
    assert client.get("/api/schema/").headers["Content-Type"].startswith("application/vnd.oai")


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["post", "like", "dailystatistic"])
def test_the_admin_lists_every_model(client: Client, model: str) -> None:
    client.force_login(User.objects.create_superuser("admin", password="x"))
    assert client.get(f"/admin/posts/{model}/").status_code == 200
    assert client.get(f"/admin/posts/{model}/add/").status_code == 200


def test_the_front_page_leads_to_the_docs(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/api/docs/"


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
