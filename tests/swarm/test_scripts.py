"""The scripts: shellcheck, and the one that runs in every container."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import django_cdk.swarm

SCRIPTS = Path(django_cdk.swarm.__file__).parent / "scripts"
SHELLCHECK = Path(sys.executable).parent / "shellcheck"


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    done = subprocess.run([SHELLCHECK, script], capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """A directory as the script finds it in a container."""
    (tmp_path / "secrets").mkdir()
    shutil.copy(SCRIPTS / "with_secrets.sh", tmp_path)
    (tmp_path / "image_words").write_text("words of the image\n")
    return tmp_path


def start(container: Path, *command: str) -> str:
    """What the container prints."""
    done = subprocess.run(
        ["/bin/sh", container / "with_secrets.sh", *command],
        env={"PATH": "/usr/bin:/bin", "SECRETS_DIRECTORY": str(container / "secrets")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def words(container: Path, *lines: str) -> None:
    (container / "image_words").write_text("\n".join(["words of the image", *lines]) + "\n")


@pytest.mark.parametrize(
    "value", ["plain", "with 'quotes' \"both\"", "$HOME `x` \\", "a\nb\n", "ü"]
)
def test_a_secret_is_a_variable_to_the_byte(container: Path, value: str) -> None:
    (container / "secrets" / "SECRET_KEY").write_text(value)
    show = "import os, sys; sys.stdout.write(os.environ['SECRET_KEY'])"

    assert start(container, sys.executable, "-c", show) == value


def test_a_secret_of_a_service_is_no_variable(container: Path) -> None:
    (container / "secrets" / "service-postgres-password").write_text("hidden")

    assert "hidden" not in start(container, "env")


def test_without_secrets_the_command_starts(container: Path) -> None:
    (container / "secrets").rmdir()

    assert start(container, "echo", "here") == "here\n"


def test_the_images_command_runs_when_none_is_given(container: Path) -> None:
    words(container, "command echo", "command own  words")

    assert start(container) == "own  words\n"


def test_the_images_entrypoint_stands_before_its_command(container: Path) -> None:
    words(container, "entrypoint echo", "entrypoint entry", "command own")

    assert start(container) == "entry own\n"


def test_a_given_command_replaces_the_images_command_behind_its_entrypoint(container: Path) -> None:
    words(container, "entrypoint echo", "entrypoint entry", "command own")

    assert start(container, "given", "two words") == "entry given two words\n"


def test_a_health_check_gets_the_secrets_without_the_images_words(container: Path) -> None:
    words(container, "entrypoint echo", "command own")
    (container / "secrets" / "SECRET_KEY").write_text("hidden")

    assert "SECRET_KEY=hidden" in start(container, "--only-secrets", "env").splitlines()


def test_the_process_takes_the_place_of_the_script(container: Path) -> None:
    """Else it would not get the stop signal."""
    process = subprocess.Popen(
        ["/bin/sh", container / "with_secrets.sh", "sleep", "60"], env={"PATH": "/usr/bin:/bin"}
    )
    try:
        command = Path(f"/proc/{process.pid}/cmdline")
        for _ in range(1200):
            if command.read_text().startswith("sleep"):
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"still {command.read_text()!r}")
    finally:
        process.kill()
        process.wait()
