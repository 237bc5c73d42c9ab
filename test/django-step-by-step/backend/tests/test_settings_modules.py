"""Each settings module in a process of its own, with nothing but the variables given here."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import requests

from tests.equipment.application import manage, run, web

KEY = "a-secret-of-the-tests-that-is-long-enough-to-be-taken"


def settings(name: str, **variables: str) -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": f"backend.settings.{name}", **variables}


def error(variables: dict[str, str]) -> str:
    done = run([sys.executable, "manage.py", "check"], variables)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_development_is_the_default_and_needs_nothing() -> None:
    code = "from django.conf import settings as s; print(s.DEBUG, s.DATABASES['default']['ENGINE'])"
    done = run([sys.executable, "manage.py", "shell", "--no-imports", "-c", code], {})
    assert done.stdout.split()[-2:] == ["True", "django.db.backends.sqlite3"]


def test_aws_passes_djangos_deployment_check() -> None:
    variables = settings(
        "aws",
        SECRET_KEY=KEY,
        DATABASE_URL="postgres://u:p@127.0.0.1/blog",
        S3_BUCKET_NAME="assets",
        AWS_S3_REGION_NAME="eu-west-1",
        ALLOWED_HOSTS="blog.example.com",
        CSRF_TRUSTED_ORIGINS="https://blog.example.com",
    )
    done = run([sys.executable, "manage.py", "check", "--deploy"], variables)
    assert done.returncode == 0, done.stderr
    # Subdomains and the browsers' preload list are the owner's decision, not the sample's.
    found = set(word for word in done.stderr.split() if word.startswith("(security."))
    assert found <= {"(security.W005)", "(security.W021)"}


def test_production_says_what_is_missing() -> None:
    assert "SECRET_KEY" in error(settings("production"))
    assert "DATABASE_URL" in error(settings("production", SECRET_KEY=KEY))
    database = "postgres://u:p@127.0.0.1/blog"
    assert "S3_BUCKET_NAME" in error(settings("aws", SECRET_KEY=KEY, DATABASE_URL=database))


def test_production_without_a_bucket_serves_static_files_itself(tmp_path: Path) -> None:
    variables = settings(
        "production",
        SECRET_KEY=KEY,
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
        ALLOWED_HOSTS="127.0.0.1",
        TMPDIR=str(tmp_path),
    )
    manage("migrate --no-input", variables)
    manage("collectstatic --no-input", variables)
    with web(variables, tmp_path / "log") as url:
        assert "/static/admin/css/base.css" in requests.get(f"{url}/admin/login/", timeout=10).text
        stylesheet = requests.get(f"{url}/static/admin/css/base.css", timeout=10)
        assert stylesheet.headers["Content-Type"].startswith("text/css")
        assert requests.get(f"{url}/api/nope", timeout=10).json() == {"detail": "Not found."}


def test_a_post_is_accepted_while_the_broker_is_away(tmp_path: Path) -> None:
    variables = settings(
        "production",
        SECRET_KEY=KEY,
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
        CELERY_BROKER_URL="redis://127.0.0.1:1/0",
    )
    manage("migrate --no-input", variables)
    code = (
        "from django.contrib.auth.models import User; from posts.publish import publish; "
        "from posts.models import Post; "
        "publish(User.objects.create_user('ann'), 'Look', 'uploads/1/a.png'); "
        "print(Post.objects.count())"
    )
    began = time.monotonic()
    done = run([sys.executable, "manage.py", "shell", "--no-imports", "-c", code], variables)
    assert done.stdout.split()[-1] == "1", done.stderr
    assert time.monotonic() - began < 15
