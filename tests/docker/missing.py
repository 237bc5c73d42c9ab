"""What a machine lacks for this suite, in words that say what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_COMMANDS = {"ip": "iproute2", "mkfs.ext4": "e2fsprogs", "unshare": "util-linux"}
_PROBE = ("unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "true")


def missing_for_images() -> list[str]:
    """What the stand-in images need."""
    missing = []
    if sys.platform != "linux":
        return ["Linux"]
    if os.geteuid() != 0:
        missing.append("root (debootstrap and the docker daemon ask for it)")
    if not shutil.which("debootstrap"):
        missing.append("debootstrap (apt-get install debootstrap)")
    return missing


def missing_for_machine() -> list[str]:
    """What a machine with a docker daemon of its own needs."""
    missing = missing_for_images()
    for command, package in _COMMANDS.items():
        if not shutil.which(command):
            missing.append(f"{command} (apt-get install {package})")
    if not missing and subprocess.run(_PROBE, capture_output=True, check=False).returncode:
        missing.append("the right to make namespaces (not inside an unprivileged container)")
    if not missing and not Path("/dev/loop-control").exists():
        missing.append("loop devices (modprobe loop)")
    return missing
