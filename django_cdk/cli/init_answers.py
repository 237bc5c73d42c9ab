"""What `django-cdk init` must know: found in the project, given as an option, or asked for."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import CliError
from .init_environment import Proposal, propose
from .init_git import git_folder, github_repository, main_branch
from .init_questions import Questions
from .project.dockerfile import Dockerfile
from .project.find import Project, find_project
from .project.launch import Launch
from .project.routes import HealthPath, health_path
from .project.settings import Settings

_REPOSITORY = re.compile(r"[\w.@-]+/[\w.@-]+")
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that the written files say."""

    project: Project
    dockerfile: Dockerfile
    launch: Launch
    settings: Settings
    construct: str
    name: str
    directory: Path
    settings_module: str
    celery_app: str | None
    use_celery_beat: bool
    web_command: Sequence[str] | None
    port: int
    user: str | None
    health: HealthPath | None
    environment: Proposal
    domain: str | None
    zone: str | None
    account: str | None
    region: str | None
    workflow: Path | None
    repository: str | None
    branch: str


def find_answers(
    arguments: argparse.Namespace, folder: Path, questions: Questions | None = None
) -> Answers:
    """Reads the project in a folder.

    :raises CliError: something is neither found nor given, and nobody can be asked.
    """
    questions = questions or Questions()
    project = find_project(folder)
    if project is None:
        raise CliError(
            f"There is no manage.py in {folder} or below: run this in a Django project's folder."
        )
    dockerfile = _dockerfile(arguments, project, questions)
    launch = Launch(dockerfile)
    module = _settings_module(arguments, project, dockerfile, questions)
    settings = project.settings(module)
    if settings is None:
        raise CliError(f"There is no settings module {module!r} under {project.root}.")
    celery_app = _celery_app(arguments, project, questions)
    git = git_folder(folder)
    domain, zone = _domain(arguments, questions)
    return Answers(
        project=project,
        dockerfile=dockerfile,
        launch=launch,
        settings=settings,
        construct=arguments.construct,
        name=_name(arguments, folder),
        directory=folder / arguments.directory,
        settings_module=module,
        celery_app=celery_app,
        use_celery_beat=bool(celery_app) and _uses_beat(project, settings, celery_app or ""),
        web_command=_web_command(arguments, project, launch, settings, questions),
        port=arguments.port or launch.port() or 8000,
        user=_user(arguments, dockerfile, questions),
        health=health_path(settings, project.modules),
        environment=propose(settings.reads, launch.shell_variables()),
        domain=domain,
        zone=zone,
        account=_account(arguments, domain, questions),
        region=arguments.region or (questions.answer("--region", "AWS region") if domain else None),
        workflow=None if arguments.no_github else git or folder,
        repository=_repository(arguments) or github_repository(git),
        branch=arguments.branch or main_branch(git),
    )


def _dockerfile(
    arguments: argparse.Namespace, project: Project, questions: Questions
) -> Dockerfile:
    found = project.dockerfile(arguments.dockerfile) if not arguments.dockerfile else None
    if found:
        return found
    choices = [path.relative_to(project.folder).as_posix() for path in project.dockerfiles]
    if not choices and not arguments.dockerfile:
        raise CliError(
            f"There is no Dockerfile in {project.root}: write one first, or name it with "
            "--dockerfile."
        )
    given = arguments.dockerfile or questions.answer(
        "--dockerfile", "Which Dockerfile", choices=choices
    )
    if not (project.folder / given).is_file():
        raise CliError(f"There is no Dockerfile {given!r} in {project.folder}.")
    chosen = project.dockerfile(given)
    assert chosen is not None  # noqa: S101 - a path was given
    return chosen


def _settings_module(
    arguments: argparse.Namespace, project: Project, dockerfile: Dockerfile, questions: Questions
) -> str:
    if arguments.settings:
        return str(arguments.settings)
    found = project.settings_modules(dockerfile)
    return found[0] if found else questions.answer("--settings", "Which settings module")


def _celery_app(
    arguments: argparse.Namespace, project: Project, questions: Questions
) -> str | None:
    if arguments.celery_app is not None:
        return arguments.celery_app or None
    found = project.celery_apps()
    if len(found) > 1:
        return questions.answer("--celery-app", "Which celery application", choices=found)
    return found[0] if found else None


def _uses_beat(project: Project, settings: Settings, celery_app: str) -> bool:
    module = project.modules.find(celery_app.partition(":")[0])
    text = module.path.read_text() if module else ""
    return (
        "django_celery_beat" in settings["INSTALLED_APPS"].texts
        or bool(settings["CELERY_BEAT_SCHEDULE"])
        or any(word in text for word in ("beat_schedule", "add_periodic_task", "on_after_"))
    )


def _web_command(
    arguments: argparse.Namespace,
    project: Project,
    launch: Launch,
    settings: Settings,
    questions: Questions,
) -> Sequence[str] | None:
    if arguments.web_command:
        return shlex.split(arguments.web_command)
    if launch.has_command:
        return None
    if script := launch.web_script():
        return [script.command]
    wsgi = settings["WSGI_APPLICATION"].literal()
    if project.requires("gunicorn") and isinstance(wsgi, str):
        module, _, name = wsgi.rpartition(".")
        # Longer than a load balancer's idle timeout of 60 s, or it meets closed connections.
        return ["gunicorn", f"{module}:{name}", "--bind", "0.0.0.0:8000", "--keep-alive", "75"]
    return shlex.split(questions.answer("--web-command", "Which command serves"))


def _user(
    arguments: argparse.Namespace, dockerfile: Dockerfile, questions: Questions
) -> str | None:
    """Kubernetes checks by number that nobody is root, so a name does not do there."""
    user = dockerfile.stage.last("USER")
    is_number = bool(user and re.match(r"[1-9]\d*", user.text))
    if arguments.user or arguments.construct != "DjangoEks" or is_number:
        return arguments.user or None
    return questions.answer("--user", "Number of the image's user and group, such as 999:999")


def _domain(arguments: argparse.Namespace, questions: Questions) -> tuple[str | None, str | None]:
    if arguments.zone and not arguments.domain:
        raise CliError(f"--zone {arguments.zone} does nothing without --domain: give both.")
    domain = arguments.domain
    if arguments.construct == "DjangoEks" and not domain:
        # The name of its load balancer is not known before it runs.
        domain = questions.answer("--domain", "Domain of the application")
    if not domain:
        return None, None
    zone = arguments.zone or questions.answer("--zone", f"Route 53 hosted zone of {domain}")
    return domain, zone


def _account(arguments: argparse.Namespace, domain: str | None, questions: Questions) -> str | None:
    account = arguments.account or (
        questions.answer("--account", "AWS account (12 digits), in which the zone is looked up")
        if domain
        else None
    )
    if account and not re.fullmatch(r"\d{12}", account):
        raise CliError(f"--account {account}: an AWS account has 12 digits.")
    return account


def _name(arguments: argparse.Namespace, folder: Path) -> str:
    name = arguments.name or _camel(folder.resolve().name) or "Django"
    if not _STACK.fullmatch(name):
        raise CliError(
            f"--name {name}: a stack's name has letters, digits and hyphens, and a letter first."
        )
    return name


def _camel(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", text)
    return re.sub(r"^\d+", "", "".join(word[0].upper() + word[1:] for word in words))


def _repository(arguments: argparse.Namespace) -> str | None:
    given: str | None = arguments.github_repository
    if given and not _REPOSITORY.fullmatch(given):
        raise CliError(f"--github-repository {given}: give owner/name.")
    return given
