"""The release commands and the web process need nothing but what the template gives them."""

from __future__ import annotations

from tests.routing.local.application import Application
from tests.routing.site import Site


def test_the_commands_of_the_template_migrate_and_collect(released: list[str]) -> None:
    migrated, collected = released

    assert "Applying posts.0001_initial... OK" in migrated
    assert "static files copied" in collected


def test_the_web_process_reaches_database_and_cache(domain: Site) -> None:
    answer = domain.ask("/api/health-check/ready/")

    assert answer.status == 200
    assert answer.body == b'{"status": "ok", "checks": {"database": "ok", "cache": "ok"}}'


def test_the_deployment_check_of_django_finds_nothing(application: Application) -> None:
    application.manage("check", "--deploy", "--fail-level", "ERROR")
