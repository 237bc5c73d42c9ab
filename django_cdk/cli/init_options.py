"""The options of the construct that follow from what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from django_cdk.app import MIGRATE, DjangoApp
from django_cdk.celery import celery_beat_command

from .init_answers import Answers

_DEFAULTS = {one.name: one.default for one in fields(DjangoApp)}


def application_options(answers: Answers) -> Mapping[str, object]:
    """The options that describe the application, in the order of the library's documentation."""
    launch, environment = answers.launch, answers.environment
    options: dict[str, object] = {
        "dockerfile": answers.dockerfile.relative,
        "web_command": list(answers.web_command or ()) or None,
        "port": answers.port,
        **_health_options(answers),
        **_celery_options(answers),
        "release_commands": {"migrate": list(MIGRATE)} if launch.collects_static() else None,
        "django_settings_module": answers.settings_module,
        "environment": environment.environment,
        "environment_variables": environment.variables or None,
        "user": answers.user,
    }
    return {
        name: value
        for name, value in options.items()
        if value is not None and value != _DEFAULTS[name]
    }


def _health_options(answers: Answers) -> Mapping[str, object]:
    health = answers.health
    if not health:
        # Whatever Django says to the probe's Host header, it serves.
        return {"health_check_path": "/", "health_check_codes": "200-499"}
    allows = "ALLOWED_CIDR_NETS" in answers.settings["ALLOWED_CIDR_NETS"].variables
    # Behind the host check the probe, which comes by IP address, is answered with 400.
    codes = None if health.early or allows else "200-400"
    return {"health_check_path": health.path, "health_check_codes": codes}


def _celery_options(answers: Answers) -> Mapping[str, object]:
    if not answers.celery_app:
        return {}
    worker, beat = answers.launch.worker_script(), answers.launch.beat_script()
    options: dict[str, object] = {"use_celery_beat": answers.use_celery_beat}
    if worker:
        options["workers"] = {"celery": [worker.command]}
    else:
        options["celery_app"] = answers.celery_app
    if answers.use_celery_beat and beat:
        options["beat_command"] = [beat.command]
    elif answers.use_celery_beat and worker:
        options["beat_command"] = list(celery_beat_command(answers.celery_app))
    return options
