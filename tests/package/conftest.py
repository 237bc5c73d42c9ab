"""The archives as they would be uploaded, and a clean environment with the wheel installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import package
from tools.node import node_executable

ROOT = Path(__file__).parents[2]
#: Any time will do, as long as both builds have the same.
TIME = "1700000000"


def tracked(*paths: str) -> list[str]:
    """The files of the repository, those that are about to be added too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@dataclass(frozen=True)
class Archives:
    """An sdist and a wheel."""

    sdist: Path
    wheel: Path

    @property
    def version(self) -> str:
        return self.wheel.name.split("-")[1]

    def in_wheel(self) -> Mapping[str, bytes]:
        """Path -> content."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def in_sdist(self) -> Mapping[str, bytes]:
        """Path without the archive's own folder -> content."""
        with tarfile.open(self.sdist) as archive:
            return {
                member.name.partition("/")[2]: file.read()
                for member in archive.getmembers()
                if (file := archive.extractfile(member))
            }


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """The sdist, and the wheel that was built from it."""
    output = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", TIME)
        package.build(output)
    (sdist,), (wheel,) = output.glob("*.tar.gz"), output.glob("*.whl")
    return Archives(sdist, wheel)


@dataclass(frozen=True)
class Installed:
    """A Python environment with the wheel, far from the checkout."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "venv" / "bin"

    def run(self, *command: str | Path, folder: Path | None = None) -> str:
        """Run a command there, without anything of this process; return its standard output."""
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env={
                "PATH": os.pathsep.join([str(self.bin), "/usr/bin", "/bin"]),
                "HOME": str(self.folder),
                "JSII_NODE": str(node_executable()),
                "CDK_VALIDATION": "false",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def installed(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with its extras, in the versions of requirements/dev.txt."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
    pins = ["--constraint", ROOT / "requirements" / "dev.txt"]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", *pins, f"{archives.wheel}[cli,eks]"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr
    assert sys.prefix != str(folder / "venv")
    return Installed(folder)
