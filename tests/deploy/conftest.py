"""One emulator for the session; every module deploys stacks of its own name to it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.emulator.deployer import Deployer
from tests.emulator.missing import missing_part
from tests.emulator.server import Emulator, running_emulator
from tests.routing.browsing import (  # noqa: F401 - a module says `hosts` and `certificate` itself
    browser,
    complaints,
    context,
    page,
    playwright,
)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator, with policies enforced and a real Postgres and Redis for each stack."""
    if reason := missing_part():
        pytest.skip(reason)
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="session")
def deployer(emulator: Emulator) -> Deployer:
    """Deploys to it."""
    return Deployer(emulator)


#: Lines of the emulator's log that a failed test shows.
_LAST_WORDS = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what the emulator printed last: in CI nobody can look afterwards."""
    report = yield
    running = getattr(item, "funcargs", {}).get("emulator")
    if report.failed and isinstance(running, Emulator):
        lines = running.folder.log.read_text(errors="replace").splitlines()
        report.sections.append(("emulator.log", "\n".join(lines[-_LAST_WORDS:])))
    return report
