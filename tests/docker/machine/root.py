"""The root file system of a machine: Debian with docker and what Amazon Linux has beside it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.docker.cache import digest, made
from tests.docker.images.debian import debian, debian_key

# awscli, curl and util-linux are on Amazon Linux from the beginning; docker and jq are installed by
# cfn-init. docker-registry is for the other side, see aws/registry.py.
_PACKAGES = (
    "awscli",
    "curl",
    "docker-cli",
    "docker-compose",
    "docker-registry",
    "docker.io",
    "iproute2",
    "iptables",
    "jq",
    "kmod",
    "procps",
    "xfsprogs",
)
_INSTALL = (
    "apt-get update -qq && apt-get install -qq --yes --no-install-recommends "
    f"{' '.join(_PACKAGES)} >/dev/null && rm -rf /var/lib/apt/lists /var/cache/apt/archives"
)


def machine_root() -> Path:
    """The directory, to be read only; made when it is not there yet."""
    return made("machine", digest([Path(__file__)], debian_key()), _make)


def _make(root: Path) -> None:
    base = debian()
    root.mkdir()
    subprocess.run(["tar", "--extract", "--file", base, "--directory", root], check=True)
    resolver = root / "etc/resolv.conf"
    resolver.write_text(Path("/etc/resolv.conf").read_text())
    # A process space of its own, which ends whatever a package started.
    subprocess.run(
        [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            f"--mount-proc={root}/proc",
            *("chroot", root, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c"),
            _INSTALL,
        ],
        check=True,
        # dpkg and policy-rc.d talk of the init system that is not there.
        capture_output=True,
    )
    resolver.write_text("")
