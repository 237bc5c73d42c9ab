"""`django-cdk init`: a CDK app for the Django project in the current folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CliError

if TYPE_CHECKING:
    import argparse

    from .console import Console
    from .init_answers import Answers

NAME = "init"
HELP = "write a CDK app for the Django project in this folder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for every answer, so that it runs unattended."""
    from .init_files import CONSTRUCTS  # noqa: PLC0415 - keeps `--help` of other verbs quick

    add = parser.add_argument
    add(
        "--directory",
        default="infra",
        help="folder for the CDK app (default: infra; a folder of its own, because its "
        "requirements.txt and app.py are not the project's)",
    )
    add("--construct", choices=CONSTRUCTS, default=CONSTRUCTS[0], help="where it runs")
    add("--name", help="name of the stack (default: from the folder's name)")
    add("--dockerfile", help="the Dockerfile (default: found)")
    add("--settings", help="settings module for production (default: found)")
    add("--celery-app", help="celery application, as for celery -A; '' for none (default: found)")
    add("--web-command", help="command that serves (default: the image's own, or found)")
    add("--port", type=int, help="port on which it listens (default: found, or 8000)")
    add("--user", help="user and group of the containers, 999:999 (default: the image's own)")
    add("--domain", help="domain of the application (default: none, the load balancer's name)")
    add("--zone", help="Route 53 hosted zone of the domain")
    add("--account", help="AWS account (default: that of the credentials)")
    add("--region", help="AWS region (default: that of the credentials)")
    add("--github-repository", help="owner/name (default: from the git remote)")
    add("--branch", help="branch that is deployed (default: main or master, as it is)")
    add("--no-github", action="store_true", help="write no GitHub Actions workflow")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Writes the files.

    :return: 0.
    :raises CliError: an answer is missing, or a file is there already; then nothing is written.
    """
    from .init_answers import find_answers  # noqa: PLC0415 - as above
    from .init_files import files_of  # noqa: PLC0415 - as above

    here = Path.cwd()
    answers = find_answers(arguments, here)
    files = {_shown(path, here): text for path, text in files_of(answers).items()}
    if there := [str(path) for path in files if path.exists()]:
        raise CliError(
            f"Nothing is overwritten, and {', '.join(there)} "
            f"{'is' if len(there) == 1 else 'are'} there already: move away what is yours, or "
            "choose another --directory, or --no-github."
        )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        console.show(f"wrote {path}")
    for line in _next_steps(answers, here):
        console.note(line)
    return 0


def _shown(path: Path, here: Path) -> Path:
    return path.relative_to(here) if path.is_relative_to(here) else path


def _next_steps(answers: Answers, here: Path) -> list[str]:
    folder = _shown(answers.directory, here)
    found = (
        f"Found: {answers.settings_module}, {_shown(answers.dockerfile.path, here)}, port "
        f"{answers.port}, celery {answers.celery_app or 'none'}. Look through {folder / 'app.py'}."
    )
    then = (
        f"Then, in {folder}: python -m pip install -r requirements.txt; npx aws-cdk@2 bootstrap "
        f"(once per account and region); npx aws-cdk@2 deploy {answers.name}"
    )
    check = "`django-cdk doctor` checks the project against what it will meet there."
    steps = [found, then, check]
    if answers.environment.missing:
        steps.append(f"The settings also need {', '.join(answers.environment.missing)}.")
    context = answers.dockerfile.context.resolve()
    if answers.directory.resolve().is_relative_to(context) and not _is_ignored(
        answers.directory.name, context
    ):
        steps.append(
            f"Add {answers.directory.resolve().relative_to(context)} and .github to "
            ".dockerignore: else every change there makes a new image."
        )
    if answers.workflow and not answers.repository:
        steps.append(
            "The workflow needs a role to deploy with: give --github-repository owner/name, or "
            "add a GitHubDeployRole to app.py."
        )
    return steps


def _is_ignored(folder: str, context: Path) -> bool:
    ignored = context / ".dockerignore"
    lines = ignored.read_text().splitlines() if ignored.is_file() else []
    return any(line.strip().strip("/") in (folder, "*") for line in lines)
