"""What this machine needs before anything can be deployed here."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.emulator.launcher import NODE_MODULES, ROOT
from tests.routing.local.sample import BACKEND, sample_python

# As services_program.py does it, which runs in the same Python.
_SERVERS = """
from tests.equipment import postgres, redis
postgres._binaries(postgres._unprivileged_user())
redis._server()
"""

_MOUNTS = "mount -t tmpfs lambda /tmp; mount -t overlay lambda -o lowerdir=/var:/opt /opt"


def missing_part() -> str | None:
    """What is not installed and how to install it; None when all is there."""
    if find_spec("ministack") is None:
        return "no ministack: make env"
    if not (NODE_MODULES / "@aws-sdk").is_dir():
        return f"no {NODE_MODULES.relative_to(ROOT)}: make test-deploy installs it"
    if not Path("/proc").is_dir():
        return "no /proc: the emulator's processes run on Linux only"
    return _missing_namespaces() or _missing_server()


def _missing_namespaces() -> str | None:
    """What keeps Lambda functions from a file system of their own (lambda_layers)."""
    rights = [] if os.getuid() == 0 else ["--map-root-user"]
    try:
        done = subprocess.run(
            ["unshare", *rights, "--mount", "sh", "-ec", _MOUNTS],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return "no unshare: install util-linux"
    if done.returncode:
        return f"no mount namespaces ({done.stderr.strip()}): run it as root"
    return None


def _missing_server() -> str | None:
    """What the sample's own equipment says of Postgres and Redis."""
    done = subprocess.run(
        [sample_python(), "-P", "-c", _SERVERS],
        cwd=BACKEND,
        # Without CI, in which it would fail here and not where the test is.
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(BACKEND)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else None
