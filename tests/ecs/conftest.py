"""The applications that most tests look at; each is synthesized once for a test process."""

from __future__ import annotations

import pytest

from django_cdk import ScheduledCommand
from tests.stacks import DOMAIN, Synthesized, synthesize


@pytest.fixture(scope="session")
def blog() -> Synthesized:
    """An image and nothing else: what the defaults give."""
    return synthesize()


@pytest.fixture(scope="session")
def site() -> Synthesized:
    """With a domain of its own."""
    return synthesize(**DOMAIN)


@pytest.fixture(scope="session")
def everything() -> Synthesized:
    """Every kind of process, a domain, and shells."""
    return synthesize(
        celery_app="blog.celery_app:app",
        use_celery_beat=True,
        scheduled_commands={
            "clearsessions": ScheduledCommand(
                schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
            )
        },
        use_ecs_exec=True,
        **DOMAIN,
    )


@pytest.fixture(scope="session")
def without_nat() -> Synthesized:
    """Tasks in public subnets."""
    return synthesize(nat="none")
