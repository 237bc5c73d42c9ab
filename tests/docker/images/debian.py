"""Debian 13 as a tar file: what every stand-in image, and the machine of the tests, begins with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.docker.cache import digest, made
from tests.docker.images.host import (
    ca_bundle,
    debian_mirror,
    npm_configuration,
    pip_configuration,
)

SUITE = "trixie"
# What an image does not need: documentation, translations.
_LEFT_OUT = ("usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man")
# These would be old tomorrow.
_LISTS = ("var/cache/apt", "var/lib/apt/lists")


def debian() -> Path:
    """The tar file, made when it is not there yet. Needs root and debootstrap."""
    return made("debian.tar", debian_key(), _make)


def debian_key() -> str:
    """Changes with all that goes into the tar file."""
    trusted = ca_bundle().decode(errors="replace")
    tools = (pip_configuration(), npm_configuration())
    return digest([Path(__file__)], debian_mirror(), *tools, trusted)


def _make(tar: Path) -> None:
    root = tar.parent / "root"
    subprocess.run(
        [
            "debootstrap",
            "--variant=minbase",
            "--include=ca-certificates,tzdata",
            SUITE,
            str(root),
            debian_mirror(),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (root / "etc/ssl/certs/ca-certificates.crt").write_bytes(ca_bundle())
    (root / "etc/pip.conf").write_text(pip_configuration())
    (root / "etc/npmrc").write_text(npm_configuration())
    # No init system runs in a container, so a package must start nothing.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    for name in (*_LEFT_OUT, *_LISTS):
        shutil.rmtree(root / name, ignore_errors=True)
    left_out = "".join(f"path-exclude=/{name}/*\n" for name in _LEFT_OUT)
    (root / "etc/dpkg/dpkg.cfg.d/left-out").write_text(left_out)
    subprocess.run(
        ["tar", "--create", "--file", tar, "--directory", root, "--numeric-owner", "."], check=True
    )
    shutil.rmtree(root)
