"""What this machine needs before anything can be deployed here."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from tests.emulator.launcher import NODE_MODULES
from tests.routing.local.sample import ROOT


def missing_part() -> str | None:
    """What is not installed and how to install it; None when all is there.

    Postgres and Redis tell it themselves when the first one is started.
    """
    if find_spec("ministack") is None:
        return "no ministack: make env"
    if not (ROOT / ".venv-sample/bin/python").is_file():
        return "no Python with the sample's requirements: make .venv-sample/.installed"
    if not (NODE_MODULES / "@aws-sdk").is_dir():
        return f"no {NODE_MODULES.relative_to(ROOT)}: make test-deploy installs it"
    if not Path("/proc").is_dir():
        return "no /proc: the emulator's processes run on Linux only"
    if not (shutil.which("redis-server") or shutil.which("valkey-server")):
        return "no Redis: apt-get install redis-server"
    return None
