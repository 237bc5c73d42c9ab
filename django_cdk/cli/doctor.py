"""`django-cdk doctor`: what would go wrong, before it is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CliError
from .options import add_aws_arguments

if TYPE_CHECKING:
    import argparse

    from .console import Console
    from .doctor_finding import Finding

NAME = "doctor"
HELP = "check the Django project in this folder, and this machine, before deploying"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to check."""
    parser.add_argument("--settings", help="settings module for production (default: found)")
    parser.add_argument("--json", action="store_true", help="for machines")
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--project-only", action="store_true", help="leave out the machine and the account"
    )
    only.add_argument("--machine-only", action="store_true", help="leave out the project")
    add_aws_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Prints each finding with its remedy.

    :return: 1 when one is an error, else 0.
    :raises CliError: there is no Django project here.
    """
    here = Path.cwd()
    findings: list[Finding] = []
    if not arguments.machine_only:
        findings += check_project(here, arguments.settings)
    if not arguments.project_only:
        with console.waiting("Looking at this machine and the account ..."):
            findings += _machine(arguments, here)
    errors = [one for one in findings if one.level == "error"]
    if arguments.json:
        console.show(
            json.dumps(
                {"ok": not errors, "findings": [one.as_json() for one in findings]}, indent=2
            )
        )
    else:
        _print(findings, console)
    return 1 if errors else 0


def check_project(folder: Path, settings: str | None = None) -> list[Finding]:
    """The findings in a project.

    :param folder: the folder with manage.py, or one above it.
    :param settings: the settings module for production. Default: found.
    :raises CliError: there is no Django project.
    """
    from .doctor_celery import check_celery  # noqa: PLC0415 - keeps other verbs quick
    from .doctor_files import check_files  # noqa: PLC0415
    from .doctor_image import check_image  # noqa: PLC0415
    from .doctor_probe import check_probe  # noqa: PLC0415
    from .doctor_settings import check_settings  # noqa: PLC0415
    from .doctor_subject import make_subject  # noqa: PLC0415
    from .project.find import find_project  # noqa: PLC0415

    project = find_project(folder)
    if project is None:
        raise CliError(
            f"There is no manage.py in {folder} or below: run this in a Django project's folder, "
            "or with --machine-only."
        )
    subject = make_subject(project, settings)
    checks = (check_image, check_settings, check_files, check_probe, check_celery)
    return [finding for check in checks for finding in check(subject)]


def _machine(arguments: argparse.Namespace, folder: Path) -> Iterator[Finding]:
    from .aws import make_session  # noqa: PLC0415 - boto3
    from .doctor_finding import error  # noqa: PLC0415
    from .doctor_machine import Machine, check_account, check_machine  # noqa: PLC0415

    machine = Machine(folder)
    yield from check_machine(machine)
    try:
        session = make_session(arguments)
    except CliError as reason:
        yield error("credentials", str(reason), "Give --profile and --region.")
        return
    yield from check_account(machine, session)


def _print(findings: list[Finding], console: Console) -> None:
    for finding in findings:
        place = f"{finding.place}: " if finding.place else ""
        console.show(f"{finding.level}: {place}{finding.message} [{finding.check}]")
        console.show(f"    {finding.remedy}")
    counts = {level: sum(one.level == level for one in findings) for level in ("error", "warning")}
    console.show(f"{counts['error']} errors, {counts['warning']} warnings.")
