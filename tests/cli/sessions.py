"""A session-manager-plugin that keeps what it is given and runs the command itself."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import executable

if TYPE_CHECKING:
    import pytest

_SCRIPT = f"""#!{sys.executable}
import json, os, pathlib, shlex, subprocess, sys
here = pathlib.Path(__file__).parent
if sys.argv[1:] == ["--version"]:
    sys.exit(print((here / "version").read_text()))
variable = os.environ.get("AWS_SSM_START_SESSION_RESPONSE", "")
(here / "call").write_text(json.dumps({{"argv": sys.argv[1:], "variable": variable}}))
print("\\nStarting session with SessionId: s-1", flush=True)
command = here / "command"
if command.exists():
    subprocess.run(shlex.split(command.read_text()))
print("\\n\\nExiting session with sessionId: s-1.\\n")
"""


@dataclass(frozen=True)
class Plugin:
    """The program, and what it was given."""

    folder: Path

    def will_run(self, command: str) -> None:
        """What the other side of the session does."""
        (self.folder / "command").write_text(command)

    @property
    def call(self) -> dict[str, Any]:
        """`argv`, and the session as it stood in the environment (`variable`)."""
        found: dict[str, Any] = json.loads((self.folder / "call").read_text())
        return found


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *, version: str) -> Plugin:
    """Puts the program on the PATH."""
    executable(folder, "session-manager-plugin", _SCRIPT)
    (folder / "version").write_text(version)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Plugin(folder)
