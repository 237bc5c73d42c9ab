"""What a machine lacks for this suite, in words that say what to do about it."""

from __future__ import annotations

import os
import shutil
import sys


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
    for command, package in {
        "ip": "iproute2",
        "unshare": "util-linux",
        "nsenter": "util-linux",
    }.items():
        if not shutil.which(command):
            missing.append(f"{command} (apt-get install {package})")
    return missing
