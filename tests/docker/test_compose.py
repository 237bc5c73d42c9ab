"""docker-compose.yml of the sample, as a developer starts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.laptop import Laptop, new_laptop

_MAIL = """\
from django.core.mail import send_mail
send_mail("Hello", "from the sample", "ann@example.com", ["bob@example.com"])
"""


@pytest.fixture(scope="module")
def laptop(folder: Path) -> Iterator[Laptop]:
    with new_laptop(folder) as made:
        yield made


def test_the_application_answers_with_its_database_and_cache(laptop: Laptop) -> None:
    answer = laptop.json("http://localhost:8000/api/health-check/ready/")

    assert answer["checks"] == {"database": "ok", "cache": "ok"}


def test_migrations_have_run(laptop: Laptop) -> None:
    assert laptop.json("http://localhost:8000/api/posts/")["results"] == []


def test_vite_serves_the_front_end_and_passes_the_api_on(laptop: Laptop) -> None:
    page = laptop.get("http://localhost:5173/")
    answer = laptop.json("http://localhost:5173/api/health-check/")

    assert "/@vite/client" in page
    assert answer == {"status": "ok"}


def test_the_worker_answers(laptop: Laptop) -> None:
    words = ("celery", "-A", "backend.celery_app:app", "inspect", "ping", "--timeout", "20")

    assert "pong" in laptop.compose("exec", "-T", "celery", *words)


def test_mail_lands_in_the_mail_catcher(laptop: Laptop) -> None:
    laptop.compose("exec", "-T", "web", "python", "manage.py", "shell", "-c", _MAIL)

    (message,) = laptop.json("http://localhost:8025/api/v1/messages")["messages"]
    assert message["Subject"] == "Hello"
    assert message["To"] == [{"Address": "bob@example.com"}]


def test_a_changed_file_is_served_at_once(laptop: Laptop) -> None:
    urls = laptop.machine.file("/home/ann/django-step-by-step/backend/backend/health.py")
    urls.write_text(urls.read_text().replace('"status": "ok"})', '"status": "changed"})'))

    laptop.wait_for_json("http://localhost:8000/api/health-check/", {"status": "changed"})
