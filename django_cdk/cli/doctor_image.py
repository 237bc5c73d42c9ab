"""The image: its command, who runs it, where it listens, what lies in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .doctor_finding import Finding, error, warning
from .doctor_subject import Subject, relative
from .project.launch import Launch

_LOCAL = re.compile(r"(?:127\.0\.0\.1|localhost):\d+")
_SETS_BIND = re.compile(r"--bind|(?<!\w)-b\b|(?<!\w)-c\b|--config|GUNICORN_CMD_ARGS|\bPORT\b")


def check_image(subject: Subject) -> Iterator[Finding]:
    """Every check of the Dockerfile."""
    if subject.launch is None or subject.dockerfile is None:
        found = [relative(path, subject.project.folder) for path in subject.project.dockerfiles]
        yield error(
            "dockerfile",
            f"It is not clear which Dockerfile is meant: {', '.join(found)}."
            if found
            else "There is no Dockerfile.",
            "Name it: dockerfile in the CDK app."
            if found
            else "Write one that installs the requirements, copies the code and ends with an exec "
            'form CMD such as ["gunicorn", ...].',
        )
        return
    for check in (_command, _server, _signals, _address, _port, _user, _context):
        yield from check(subject, subject.launch)


def _words(subject: Subject, launch: Launch) -> str:
    command = subject.declared.values.get("web_command")
    given = " ".join(map(str, command)) if isinstance(command, list | tuple) else ""
    return "\n".join([given, *launch.web_texts()])


def _place(launch: Launch) -> str:
    last = launch.dockerfile.command()[-1:]
    return f"{launch.dockerfile.relative}:{last[0].line}" if last else launch.dockerfile.relative


def _command(subject: Subject, launch: Launch) -> Iterator[Finding]:
    if not launch.has_command and "web_command" not in subject.declared.given:
        yield error(
            "command",
            "The image has no CMD, so nothing serves.",
            'Add CMD ["gunicorn", ...] to the Dockerfile, or give web_command in the CDK app.',
            launch.dockerfile.relative,
        )


def _server(subject: Subject, launch: Launch) -> Iterator[Finding]:
    words = _words(subject, launch)
    if "runserver" in words:
        yield error(
            "server",
            "runserver is Django's server for development: slow, and not made to be safe.",
            "Serve with gunicorn: gunicorn PROJECT.wsgi --bind 0.0.0.0:8000.",
            _place(launch),
        )
    if (
        re.search(r"\bgunicorn\b", words)
        and subject.project.requirements
        and not subject.project.requires("gunicorn")
        and "gunicorn" not in _installed(launch)
    ):
        yield error(
            "server",
            "gunicorn is started, but no requirements file names it.",
            "Require gunicorn.",
            _place(launch),
        )


def _installed(launch: Launch) -> str:
    instructions = launch.dockerfile.stage.instructions
    return "\n".join(one.text for one in instructions if one.name == "RUN")


def _signals(_subject: Subject, launch: Launch) -> Iterator[Finding]:
    if script := launch.shell_in_between():
        yield error(
            "stop-signal",
            f"{script.command} starts the server without exec: the shell takes the stop signal "
            "and keeps it, so every deployment cuts requests off after 30 seconds.",
            "Write exec before the server's command.",
            script.path.name,
        )
    if launch.runs_a_shell():
        yield warning(
            "stop-signal",
            "CMD or ENTRYPOINT is in shell form, and the shell may keep the stop signal.",
            'Use the exec form, CMD ["gunicorn", "..."], or write exec before the command.',
            _place(launch),
        )


def _address(subject: Subject, launch: Launch) -> Iterator[Finding]:
    words = _words(subject, launch)
    local = bool(_LOCAL.search(words))
    gunicorn = bool(re.search(r"\bgunicorn\b", words))
    has_port = "PORT" in launch.dockerfile.stage.variables()
    if local or (gunicorn and not _SETS_BIND.search(words) and not has_port):
        yield error(
            "address",
            "The server listens on 127.0.0.1, where no load balancer reaches it.",
            "Let it listen on 0.0.0.0: --bind 0.0.0.0:8000.",
            _place(launch),
        )


def _port(subject: Subject, launch: Launch) -> Iterator[Finding]:
    told, expected = launch.port(), subject.option("port")
    if told and told != expected and "port" not in subject.declared.given:
        yield error(
            "port",
            f"The image listens on port {told}, the load balancer asks {expected}.",
            f"Give port={told} in the CDK app.",
            _place(launch),
        )
    elif told and told != expected and isinstance(subject.declared.values.get("port"), int):
        yield warning(
            "port",
            f"The image names port {told}, the CDK app {expected}.",
            "Make them the same, unless the command listens on yet another.",
            _place(launch),
        )


def _user(subject: Subject, launch: Launch) -> Iterator[Finding]:
    user = launch.dockerfile.stage.last("USER")
    name = user.text.split(":")[0] if user else "root"
    if name in ("root", "0") and "user" not in subject.declared.given:
        yield warning(
            "user",
            "The container runs as root.",
            "Make a user and end the Dockerfile with USER 10001, or give user in the CDK app.",
            launch.dockerfile.relative,
        )


def _context(_subject: Subject, launch: Launch) -> Iterator[Finding]:
    context = launch.dockerfile.context
    ignored = context / ".dockerignore"
    patterns = ignored.read_text().split() if ignored.is_file() else []
    env = [path for path in context.glob(".env*") if path.is_file() and "example" not in path.name]
    if not any(_covers(pattern) for pattern in patterns) and any(
        one.name in (".env", ".env.production", ".env.prod") for one in env
    ):
        yield error(
            "dockerignore",
            f"{', '.join(sorted(one.name for one in env))} gets into the image with its secrets.",
            "Name .env* in .dockerignore.",
            ".dockerignore",
        )
    elif not patterns:
        yield warning(
            "dockerignore",
            "There is no .dockerignore: .git, tests and local files get into the image, and every "
            "change of theirs makes a new one.",
            "Write one that names what the application does not need to run.",
        )


def _covers(pattern: str) -> bool:
    return pattern.strip("/").removeprefix("**/") in (".env", ".env*", ".env.*", ".*", "*")
