"""One instance for the whole suite: making it takes longer than any test."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.cache import cache_directory
from tests.docker.instance import Instance, new_instance
from tests.docker.missing import missing_for_machine


@contextlib.contextmanager
def disk_space() -> Iterator[Path]:
    """A directory for what a machine writes; tells what this one lacks to have machines."""
    missing = missing_for_machine()
    if missing:
        pytest.skip(f"a machine with docker needs: {'; '.join(missing)}")
    # Not below /tmp, which may be in memory.
    with tempfile.TemporaryDirectory(dir=cache_directory(), prefix="run-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A directory for what the machine of a module writes."""
    with disk_space() as made:
        yield made


@pytest.fixture(scope="session")
def empty_instance() -> Iterator[Instance]:
    """A machine that has not booted yet."""
    with disk_space() as folder, new_instance(folder) as made:
        yield made


@pytest.fixture(scope="session")
def booted(empty_instance: Instance) -> Instance:
    """The instance after its first boot, however that went."""
    empty_instance.new_version()
    boot = empty_instance.deployed.launch()
    (empty_instance.folder / "boot.log").write_text(boot.stdout + boot.stderr)
    return empty_instance


@pytest.fixture
def instance(booted: Instance) -> Instance:
    """The instance, serving; each test leaves it so."""
    booted.wait_until_ready()
    return booted
