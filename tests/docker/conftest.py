"""One instance for the whole suite: making it takes longer than any test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.cache import cache_directory
from tests.docker.instance import Instance, new_instance
from tests.docker.missing import missing_for_machine


@pytest.fixture(scope="session")
def empty_instance() -> Iterator[Instance]:
    """A machine that has not booted yet."""
    missing = missing_for_machine()
    if missing:
        pytest.skip(f"a machine with docker needs: {'; '.join(missing)}")
    # Not below /tmp, which may be in memory: docker keeps its layers there.
    with (
        tempfile.TemporaryDirectory(dir=cache_directory(), prefix="run-") as folder,
        new_instance(Path(folder)) as made,
    ):
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
