"""The session-manager-plugin, AWS's own program for sessions in a terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from .attached import run_attached
from .errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

PROGRAM = "session-manager-plugin"
_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
# Later ones read the session's token from the environment, out of sight of a list of processes.
_LAST_WITHOUT_VARIABLE = (1, 2, 497, 0)

_DOCUMENTATION = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html"
)


def check_plugin() -> None:
    """Refuses to begin without the program.

    :raises CliError: how to install it.
    """
    if shutil.which(PROGRAM) is None:
        way = "brew install --cask session-manager-plugin, or " if sys.platform == "darwin" else ""
        raise CliError(
            f"{PROGRAM} is not on the PATH: install it ({way}{_DOCUMENTATION}), then try again."
        )


def attach(
    session: boto3.Session,
    *,
    started: Mapping[str, str],
    request: Mapping[str, object],
    endpoint: str,
) -> int:
    """Runs a started session in this terminal.

    :param started: id, URL and token, as AWS gave them.
    :param request: what was asked of Systems Manager.
    :param endpoint: of the service that was asked.
    :return: the exit code of the wrapped command in it.
    :raises CliError: the session ended without one.
    """
    env = dict(os.environ)
    response = json.dumps(dict(started))
    if _takes_variable():
        env[_VARIABLE], response = response, _VARIABLE
    profile = "" if session.profile_name == "default" else session.profile_name
    argv = [PROGRAM, response, session.region_name, "StartSession", profile]
    own, said = run_attached([*argv, json.dumps(request), endpoint], env)
    if said is not None:
        return said
    raise CliError(
        f"The session ended before its command did (the {PROGRAM} with exit code {own}): a lost "
        "connection, a timeout, or a container that stopped or has no shell (sh)."
    )


def _takes_variable() -> bool:
    # The path is the user's own; the program is AWS's.
    answer = subprocess.run(  # noqa: S603
        [PROGRAM, "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        version = tuple(int(part) for part in answer.stdout.strip().split("."))
    except ValueError:
        return False
    return version > _LAST_WITHOUT_VARIABLE
