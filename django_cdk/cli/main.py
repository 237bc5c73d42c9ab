"""The door: arguments in, exit code out, every error one sentence."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, cast

from .errors import CliError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.exceptions import ClientError

    from .console import Console

INTERRUPTED = 130
_READER_LEFT = 141

# Each is a module beside this one.
VERBS: tuple[str, ...] = ("manage", "shell", "exec", "logs", "status", "init", "doctor")

_OF_THE_EXTRA = frozenset({"boto3", "botocore", "rich"})


class Verb(Protocol):
    """What the module of a verb holds; it imports boto3 and rich no sooner than `run` is called.

    A verb that runs a command also has ``FAILURE``, the exit code of its own errors.
    """

    NAME: str
    """As it is typed."""
    HELP: str
    """One line for the list of verbs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Adds its options. A positional ``command`` gets all that stands behind ``--`` too."""

    def run(self, arguments: argparse.Namespace, console: Console) -> int:
        """Does it.

        :return: the exit code.
        :raises CliError: when it can't be done.
        """


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb.

    :param argv: the words behind ``django-cdk``; None: those of the process.
    :return: the exit code: the command's own for verbs that run one, 0 for success, 1 for an
        error, 2 for wrong arguments, 130 after Ctrl-C.
    """
    verbs = {verb.NAME: verb for verb in map(_load, VERBS)}
    arguments = _parse(verbs, sys.argv[1:] if argv is None else argv)
    try:
        from .console import Console  # noqa: PLC0415 - rich may not be installed

        console = Console()
    except ModuleNotFoundError as error:
        return _without_extra(error)
    return _run(verbs[arguments.verb], arguments, console)


def _load(module: str) -> Verb:
    return cast("Verb", importlib.import_module(f".{module}", __package__))


def _parse(verbs: dict[str, Verb], argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="django-cdk", description="Run what django-cdk deployed.")
    parser.add_argument("--version", action="version", version=version("django-cdk"))
    choice = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    parsers = {}
    for name, verb in verbs.items():
        parsers[name] = choice.add_parser(name, help=verb.HELP, description=verb.HELP)
        verb.add_arguments(parsers[name])
        parsers[name].add_argument(
            "--debug", action="store_true", help="show the traceback of an error"
        )
    own, behind = _split(argv)
    arguments = parser.parse_args(own)
    if behind:
        if not hasattr(arguments, "command"):
            parsers[arguments.verb].error(f"it takes no command: {' '.join(behind)}")
        arguments.command = [*arguments.command, *behind]
    return arguments


def _split(argv: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Our own arguments, and the command behind the first ``--``."""
    if "--" not in argv:
        return argv, ()
    at = list(argv).index("--")
    return argv[:at], argv[at + 1 :]


def _run(verb: Verb, arguments: argparse.Namespace, console: Console) -> int:
    try:
        return verb.run(arguments, console)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_LEFT
    except ModuleNotFoundError as error:
        return _without_extra(error)
    except Exception as error:
        if arguments.debug:
            console.trace()
        console.error(_sentence(error))
        own = error.exit_code if isinstance(error, CliError) else None
        return getattr(verb, "FAILURE", 1) if own is None else own


def _sentence(error: Exception) -> str:
    if isinstance(error, CliError):
        return str(error)
    if type(error).__module__.startswith("botocore."):
        from .aws import sentence  # noqa: PLC0415 - verbs that don't ask AWS do without boto3

        return sentence(cast("ClientError", error))
    return f"{type(error).__name__}: {error} (unexpected: --debug shows where; please report it)"


def _without_extra(error: ModuleNotFoundError) -> int:
    package = (error.name or "").partition(".")[0]
    if package not in _OF_THE_EXTRA:
        raise error
    sys.stderr.write(
        f"django-cdk's command line needs {package}, which is not installed: "
        'pip install "django-cdk[cli]"\n'
    )
    return 1
