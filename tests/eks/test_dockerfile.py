"""As whom an image runs, and which names Kubernetes takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from django_cdk.eks.dockerfile import image_user
from django_cdk.eks.names import dns_name, is_dns_name

STAGES = """\
ARG VERSION=3.13
FROM python:${VERSION}-slim AS build
RUN pip install wheel
FROM --platform=linux/amd64 python:3.13-slim as runtime
RUN useradd app
USER 10001:10001
CMD ["gunicorn"]
from runtime AS debug
USER root
"""


@pytest.mark.parametrize(
    ("target", "user"),
    [(None, "root"), ("debug", "root"), ("runtime", "10001:10001"), ("build", None)],
)
def test_the_last_user_of_the_stage_counts(target: str | None, user: str | None) -> None:
    assert image_user(STAGES, target) == user


def test_a_stage_has_the_user_of_the_one_it_starts_from() -> None:
    assert image_user("FROM a AS one\nUSER 5\nFROM one\nRUN x") == "5"


def test_a_comment_is_no_user() -> None:
    assert image_user("FROM a\n# USER 5\nRUN echo USER 6") is None


def test_the_sample_runs_as_a_number() -> None:
    root = Path(__file__).parents[2]
    text = (root / "test" / "django-step-by-step" / "backend" / "Dockerfile").read_text()

    assert (image_user(text) or "").replace(":", "").isdigit()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("celery", "celery"),
        ("slow_mail", "slow-mail"),
        ("SlowMail", "slowmail"),
        ("a_-_b_", "a-b"),
        ("x" * 80, "x" * 63),
        ("_", "app"),
    ],
)
def test_a_name_becomes_a_label(given: str, name: str) -> None:
    assert dns_name(given) == name
    assert is_dns_name(name)


@pytest.mark.parametrize("given", ["", "a_b", "A", "-a", "a-", "x" * 64, "a.b"])
def test_what_is_no_label(given: str) -> None:
    assert not is_dns_name(given)
