"""What lies in the archives, and that they are the same wherever they are built."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.package.conftest import ROOT, TIME, Archives, tracked
from tools import package

DATA = {
    "Lambda code": "django_cdk/handlers/release/index.py",
    "chart": "django_cdk/eks/chart/templates/manifests.yaml",
    "policy": "django_cdk/eks/load_balancer_controller_policy.json",
    "CloudFront function": "django_cdk/cdn/spa_router.js",
    "boot script": "django_cdk/swarm/scripts/boot.sh",
    "template of the command line": "django_cdk/cli/templates/app.py.txt",
    "hidden name": "django_cdk/cli/templates/gitignore",
    "types": "django_cdk/py.typed",
}


@pytest.mark.parametrize("path", DATA.values(), ids=[*DATA])
def test_what_is_not_a_module_is_inside_too(archives: Archives, path: str) -> None:
    assert archives.in_wheel()[path] == (ROOT / path).read_bytes()


def test_the_wheel_holds_the_package_and_nothing_else(archives: Archives) -> None:
    inside = {name for name in archives.in_wheel() if ".dist-info/" not in name}

    assert inside == {*tracked("django_cdk")}


def test_the_sdist_holds_what_is_needed_to_build_and_to_read(archives: Archives) -> None:
    inside = {name for name in archives.in_sdist() if not name.startswith("django_cdk/")}

    assert inside == {
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "pyproject.toml",
    }


def test_the_index_would_take_them(archives: Archives) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", archives.sdist, archives.wheel],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_nothing_of_this_machine_is_inside(archives: Archives) -> None:
    # The home of root is the same everywhere, and CodeBuild's containers have it too.
    names = {str(ROOT), sys.prefix, str(Path.home())} - {"/root"}
    texts = {**archives.in_sdist(), **archives.in_wheel()}

    for path, content in texts.items():
        assert not path.endswith((".pyc", ".so", ".env", ".whl"))
        for name in names:
            assert f"{name}/".encode() not in content, f"{path} names {name}"


def test_no_file_in_the_archives_belongs_to_a_person(archives: Archives) -> None:
    listing = subprocess.run(
        ["tar", "--list", "--verbose", "--numeric-owner", "--file", archives.sdist],
        capture_output=True,
        text=True,
        check=True,
    )

    owners = {line.split()[1] for line in listing.stdout.splitlines()}
    assert owners == {"0/0"}


@pytest.fixture(scope="module")
def built_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """The same files in another folder, with other times and modes; the wheel built directly."""
    folder = tmp_path_factory.mktemp("elsewhere")
    root = folder / "another-name"
    for name in tracked("django_cdk", *(one for one in tracked() if "/" not in one)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
        (root / name).chmod(0o600 | (ROOT / name).stat().st_mode & 0o100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", TIME)
        package.build(folder / "dist", root=root, kinds=("--sdist", "--wheel"))
    (sdist,), (wheel,) = (folder / "dist").glob("*.tar.gz"), (folder / "dist").glob("*.whl")
    return Archives(sdist, wheel)


def test_the_sdist_is_the_same_bytes_from_another_folder(
    archives: Archives, built_elsewhere: Archives
) -> None:
    assert built_elsewhere.in_sdist() == archives.in_sdist()
    assert built_elsewhere.sdist.read_bytes() == archives.sdist.read_bytes()


def test_the_wheel_from_the_sdist_is_the_same_bytes_as_from_the_checkout(
    archives: Archives, built_elsewhere: Archives
) -> None:
    assert built_elsewhere.in_wheel() == archives.in_wheel()
    assert built_elsewhere.wheel.read_bytes() == archives.wheel.read_bytes()


def test_the_time_of_the_archives_is_that_of_the_commit() -> None:
    time = package.commit_time()

    assert time is not None
    assert re.fullmatch(r"\d{10}", time)


def test_outside_a_repository_there_is_no_such_time(tmp_path: Path) -> None:
    assert package.commit_time(tmp_path) is None
