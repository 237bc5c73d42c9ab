"""The door: arguments, exit codes, errors."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console as RichConsole

from django_cdk.cli import main as door
from django_cdk.cli.console import Console
from django_cdk.cli.errors import CliError
from django_cdk.cli.main import VERBS, main
from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]


def verb_that(
    run: Callable[[], int], *, failure: int | None = None, takes_command: bool = False
) -> SimpleNamespace:
    """A verb `do`."""

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        if takes_command:
            parser.add_argument("command", nargs="*")

    verb = SimpleNamespace(
        NAME="do", HELP="Do it", add_arguments=add_arguments, run=lambda *_: run()
    )
    if failure is not None:
        verb.FAILURE = failure
    return verb


@pytest.fixture
def with_verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[SimpleNamespace], None]:
    def use(verb: SimpleNamespace) -> None:
        monkeypatch.setattr(door, "VERBS", ("do",))
        monkeypatch.setattr(door, "_load", lambda _: verb)

    return use


def refuse() -> int:
    raise CliError("It is closed: open it.")


def test_the_exit_code_is_that_of_the_verb(with_verb, cli: Cli) -> None:
    with_verb(verb_that(lambda: 7))

    assert cli("do").code == 7


def test_an_error_is_one_sentence_on_standard_error(with_verb, cli: Cli) -> None:
    with_verb(verb_that(refuse))

    outcome = cli("do")

    assert (outcome.code, outcome.out, outcome.err) == (1, "", "Error: It is closed: open it.\n")


def test_debug_shows_where_an_error_came_from(with_verb, cli: Cli) -> None:
    with_verb(verb_that(refuse))

    assert "in refuse" in cli("do", "--debug").err


def test_a_verb_that_runs_a_command_has_an_exit_code_of_its_own_for_its_errors(
    with_verb, cli: Cli
) -> None:
    with_verb(verb_that(refuse, failure=125))

    assert cli("do").code == 125


def test_an_error_may_name_its_exit_code(with_verb, cli: Cli) -> None:
    def run() -> int:
        raise CliError("No.", exit_code=9)

    with_verb(verb_that(run, failure=125))

    assert cli("do").code == 9


def test_an_unexpected_error_has_its_type_and_no_traceback(with_verb, cli: Cli) -> None:
    with_verb(verb_that(lambda: {}["key"]))

    outcome = cli("do")

    assert outcome.code == 1
    assert outcome.err.startswith("Error: KeyError: 'key' (unexpected: --debug shows where")
    assert "Traceback" not in outcome.err


def test_ctrl_c_ends_with_130(with_verb, cli: Cli) -> None:
    def run() -> int:
        raise KeyboardInterrupt

    with_verb(verb_that(run))

    assert cli("do").code == 130


def test_what_stands_behind_two_hyphens_is_the_command(with_verb, cli: Cli) -> None:
    seen: list[str] = []
    verb = verb_that(lambda: 0, takes_command=True)
    verb.run = lambda arguments, _: seen.extend(arguments.command) or 0
    with_verb(verb)

    cli("do", "first", "--", "--plan", "--", "last")

    assert seen == ["first", "--plan", "--", "last"]


def test_a_verb_without_a_command_refuses_one(with_verb, cli: Cli) -> None:
    with_verb(verb_that(lambda: 0))

    with pytest.raises(SystemExit) as exit_:
        cli("do", "--", "ls")

    assert exit_.value.code == 2


def test_wrong_arguments_end_with_2() -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["nonsense"])

    assert exit_.value.code == 2


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([verb, "--help"])

    assert exit_.value.code == 0
    assert f"django-cdk {verb}" in capsys.readouterr().out


def python(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_needs_no_part_of_the_extra_and_no_cdk() -> None:
    done = python(
        "import sys\n"
        "from django_cdk.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'boto3', 'botocore', 'rich', 'aws_cdk'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )

    assert done.returncode == 0, done.stderr


def test_no_verb_imports_the_cdk() -> None:
    done = python(
        "import importlib, pkgutil, sys\n"
        "import django_cdk.cli as package\n"
        "for one in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    if not one.name.endswith('__main__'): importlib.import_module(one.name)\n"
        "sys.exit('imported' if {'aws_cdk', 'jsii'} & set(sys.modules) else 0)"
    )

    assert done.returncode == 0, done.stderr


def test_importing_the_library_imports_no_command_line() -> None:
    done = python(
        "import sys, django_cdk\n"
        "sys.exit(any(name.startswith('django_cdk.cli') for name in sys.modules))"
    )

    assert done.returncode == 0


@pytest.mark.parametrize("package", ["boto3", "rich"])
def test_without_the_extra_it_says_how_to_install_it(package: str) -> None:
    done = python(
        f"import sys; sys.modules[{package!r}] = None\n"
        "from django_cdk.cli.main import main\n"
        "sys.exit(main(['status', '--stack', 'Shop']))"
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"django-cdk's command line needs {package}, which is not installed: "
        'pip install "django-cdk[cli]"\n'
    )


ENDLESS = """
import sys, types
import django_cdk.cli.main as door
def run(arguments, console):
    while True: console.raw("x" * 9999 + chr(10))
door.VERBS = ("do",)
door._load = lambda _: types.SimpleNamespace(
    NAME="do", HELP="", add_arguments=lambda parser: None, run=run
)
sys.exit(door.main(["do"]))
"""


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -c '{ENDLESS}' | head -c 5"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("xxxxx", "")


def console_on(*, terminal: bool) -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    rich = RichConsole(file=written, force_terminal=terminal, width=40)
    return Console(out=rich, err=rich), written


def test_waiting_is_silent_where_nobody_watches() -> None:
    console, written = console_on(terminal=False)

    with console.waiting("Starting ..."):
        pass

    assert written.getvalue() == ""


def test_waiting_is_shown_on_a_terminal() -> None:
    console, written = console_on(terminal=True)

    with console.waiting("Starting ..."):
        pass

    assert "Starting ..." in written.getvalue()


def test_brackets_in_results_are_text() -> None:
    console, written = console_on(terminal=False)

    console.show("[red]no markup[/red]")

    assert written.getvalue() == "[red]no markup[/red]\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console, written = console_on(terminal=True)

    console.warn("Careful.")

    assert "\x1b[33m" not in written.getvalue()


def test_the_program_is_declared_by_the_package() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    assert declared == {"django-cdk": f"{main.__module__}:{main.__name__}"}
