"""Run the CDK command line on one app: `python -m tools.deploy deploy ecs`.

Behind `make deploy-ecs`, `destroy-ecs`, `diff-ecs`, `synth-ecs` and the same verbs of every other
app. It checks what is needed first, so that a missing setting is one line and not a stack trace.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.apps import APPS, ROOT, IntegApp
from tools.environment import tool_environment
from tools.node import node_executable

CDK_CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
VERBS = ("deploy", "destroy", "diff", "synth")
# A deployed stack lives in one account and region, and so does what these verbs look for.
_NEED_AN_ACCOUNT = ("deploy", "destroy", "diff")
# Without it these two ask which stacks; the others take all anyway and don't know the option.
_TAKE_ALL = ("deploy", "destroy")


class UsageError(Exception):
    """What was asked can't be done; the message says what to do instead, in one line."""


def find_app(name: str, *, folder: Path = ROOT / "integ") -> IntegApp:
    """Return the app of that name.

    Raises:
        UsageError: there is no such name, or no such file yet.
    """
    app = APPS.get(name)
    if app is None:
        known = ", ".join(APPS)
        message = f"no app is called {name!r}; the apps are {known}"
        raise UsageError(message)
    if not (folder / f"{app.module}.py").is_file():
        message = f"the app {name!r} has no integ/{app.module}.py yet"
        raise UsageError(message)
    return app


def check_settings(verb: str, app: IntegApp, environment: Mapping[str, str]) -> None:
    """Check that everything the verb needs is set.

    Raises:
        UsageError: it names each missing variable.
    """
    needed = ("AWS_DEFAULT_REGION", "AWS_ACCOUNT_ID", *app.required)
    missing = [name for name in needed if not environment.get(name)]
    if verb in _NEED_AN_ACCOUNT and missing:
        names = " and ".join(missing)
        message = f"{verb} needs {names}: export it or put it in .env (see .env.template)"
        raise UsageError(message)


def command(verb: str, app: IntegApp) -> list[str]:
    """Return the command line that does the verb for all stacks of the app."""
    return [
        *(str(node_executable()), str(CDK_CLI), verb),
        *(["--all"] if verb in _TAKE_ALL else []),
        *("--app", f"{sys.executable} -m integ.{app.module}"),
        *("--output", f"cdk.out/{app.module}"),
    ]


def main(arguments: list[str]) -> int:
    """Run the verb and return the exit code of the CDK command line."""
    parser = argparse.ArgumentParser(prog="tools.deploy", description="Run the CDK on one app.")
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("app", help=", ".join(APPS))
    asked = parser.parse_args(arguments)
    try:
        environment = tool_environment()
        app = find_app(asked.app)
        check_settings(asked.verb, app, environment)
    except (UsageError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return subprocess.run(
        command(asked.verb, app), cwd=ROOT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
