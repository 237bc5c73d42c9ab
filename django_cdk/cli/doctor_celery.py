"""Celery: its application, its broker, and whether anybody works."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .doctor_finding import Finding, error, warning
from .doctor_subject import Subject
from .project.settings import Settings

# Celery itself prefers this variable to everything the project configures.
_CELERYS_OWN = "CELERY_BROKER_URL"


def check_celery(subject: Subject) -> Iterator[Finding]:
    """Every check of celery, for projects that use it."""
    apps = subject.project.celery_apps()
    yield from _named(subject, apps)
    if not apps or subject.settings is None:
        return
    yield from _worker(subject, apps)
    yield from _broker(subject, subject.settings, apps[0])
    yield from _client(subject)


def _named(subject: Subject, apps: list[str]) -> Iterator[Finding]:
    name = subject.declared.text("celery_app")
    known = {*apps, *(app.partition(":")[0] for app in apps)}
    if name and name not in known and f"{name}.celery" not in known:
        yield error(
            "celery-app",
            f"There is no celery application {name!r} in the project.",
            f"Give celery_app one of {', '.join(apps)}." if apps else "Leave celery_app out.",
        )


def _worker(subject: Subject, apps: list[str]) -> Iterator[Finding]:
    declared = subject.declared
    if declared.path and not declared.given & {"celery_app", "celery_queues", "workers"}:
        yield warning(
            "celery-worker",
            f"The project has the celery application {apps[0]}, but no worker runs its tasks.",
            f'Give celery_app="{apps[0]}" in the CDK app.',
        )


def _broker(subject: Subject, settings: Settings, app: str) -> Iterator[Finding]:
    if _CELERYS_OWN in subject.contract.names:
        return
    brokers = [settings[name] for name in ("CELERY_BROKER_URL", "BROKER_URL", "broker_url")]
    variables = {name for broker in brokers for name in broker.variables}
    variables |= _given_in_call(subject, settings, app)
    if not subject.serves(variables, "cache.url", "cache.host"):
        place = next((broker.place for broker in brokers if broker), "")
        yield error(
            "celery-broker",
            "Celery's broker comes from no variable that is given.",
            f'Give {_CELERYS_OWN}="{{cache.url}}" in environment, or read it from '
            f"{subject.names('cache.url')}.",
            place,
        )


def _given_in_call(subject: Subject, settings: Settings, app: str) -> set[str]:
    """``Celery(..., broker=...)``."""
    module = subject.project.modules.find(app.partition(":")[0])
    return {
        read.name
        for node in (ast.walk(module.tree) if module else ())
        if isinstance(node, ast.keyword) and node.arg in ("broker", "broker_url") and module
        for read in settings.flow.reads(node.value, module)
    }


def _client(subject: Subject) -> Iterator[Finding]:
    requirements = subject.project.requirements
    if (
        requirements
        and not subject.project.requires("redis")
        and "celery[redis]" not in requirements
    ):
        yield error(
            "celery-redis",
            "Celery is to use Redis, but no requirements file names a client for it.",
            "Require celery[redis].",
        )
