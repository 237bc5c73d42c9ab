"""What every committed file has to keep to, wherever it was written."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools.lock import lowest_pins

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = [*sorted(REQUIREMENTS.glob("*.txt")), ROOT / "package-lock.json"]

# Written in pieces, so that this file does not match itself.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com"]
MACHINE_FOLDERS = [
    "/ro" + "ot/",
    "/wo" + "rk/",
    "/Us" + "ers/",
    "/opt/py" + "pi",
    "/opt/whe" + "els",
]


def committed_texts() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    # A file may be deleted in the working tree and not yet in the index; pictures are no text.
    return {
        str(path.relative_to(ROOT)): path.read_text(errors="ignore")
        for path in paths
        if path.is_file()
    }


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return committed_texts()


def files_with(pattern: str, texts: dict[str, str]) -> list[str]:
    return [name for name, text in texts.items() if re.search(pattern, text)]


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_committed_file_names_a_registry(host: str, texts: dict[str, str]) -> None:
    assert files_with(re.escape(host), texts) == []


@pytest.mark.parametrize("folder", MACHINE_FOLDERS)
def test_no_committed_file_names_a_folder_of_a_machine(folder: str, texts: dict[str, str]) -> None:
    # A path starts there; `build/root/` is something else.
    assert files_with(rf"(?<![\w.$}}/-]){re.escape(folder)}", texts) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_holds_no_address_and_no_index(lock: Path) -> None:
    # Where the authors of an npm package ask for support is no place to install from.
    text = re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\])', "", lock.read_text())

    assert "://" not in text
    assert not re.search(r"^-|index|find-links|\bfile:", text, re.MULTILINE)


def test_the_package_depends_on_three_packages_and_no_more() -> None:
    names = [re.split(r"[<>=]", dependency)[0] for dependency in PROJECT["dependencies"]]

    assert names == ["aws-cdk-lib", "constructs", "jsii"]


def test_the_lowest_requirements_pin_the_lower_bounds_of_the_package() -> None:
    pins = (REQUIREMENTS / "lowest.txt").read_text().splitlines()

    assert set(lowest_pins(PROJECT["dependencies"])) <= set(pins)


def test_a_dependency_without_a_lower_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="'constructs<11' has no lower bound"):
        lowest_pins(["jsii>=1.139.0,<2", "constructs<11"])


def test_the_cdk_command_line_stays_below_3() -> None:
    """3.0.0 was published by accident and can't read today's assemblies."""
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert wanted.startswith("^2.")
    assert locked["node_modules/aws-cdk"]["version"].startswith("2.")


def test_every_locked_npm_package_is_checked_by_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert all("integrity" in package for name, package in packages.items() if name)
    assert not any("resolved" in package for package in packages.values())
