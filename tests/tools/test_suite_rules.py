"""The rules that tests/conftest.py lays down for the whole suite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import pinned_version

ROOT = Path(__file__).parents[2]


def outcome(folder: Path, test: str, *, ci: str) -> str:
    """Run one test file under the rules, in a process of its own, and return what pytest prints."""
    (folder / "test_it.py").write_text(f"import pytest\n{test}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "tests.conftest", str(folder)],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


SKIPPED = "def test_it(): pytest.skip('no Chromium here')"
SKIPPED_BY_MARK = "@pytest.mark.skip(reason='no Chromium here')\ndef test_it(): pass"
SKIPPED_MODULE = "pytest.skip('no Chromium here', allow_module_level=True)"


@pytest.mark.parametrize("test", [SKIPPED, SKIPPED_BY_MARK, SKIPPED_MODULE])
def test_a_skip_fails_with_its_reason_under_ci(tmp_path: Path, test: str) -> None:
    printed = outcome(tmp_path, test, ci="true")

    assert "skipped although CI=true: Skipped: no Chromium here" in printed
    assert " passed" not in printed
    assert " skipped in" not in printed


@pytest.mark.parametrize("test", [SKIPPED, SKIPPED_BY_MARK, SKIPPED_MODULE])
def test_a_skip_stays_a_skip_elsewhere(tmp_path: Path, test: str) -> None:
    assert "1 skipped in" in outcome(tmp_path, test, ci="")


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    expected = "@pytest.mark.xfail\ndef test_it(): assert False"

    assert "1 xfailed in" in outcome(tmp_path, expected, ci="true")


OTHER_VERSION = """
from tests import conftest
conftest.version = lambda package: "2.0.0"
"""
SNAPSHOT_AND_PROMISE = """
@pytest.mark.snapshot
def test_template(): pass
def test_promise(): pass
"""


def test_snapshots_are_left_out_on_another_version_of_the_cdk(tmp_path: Path) -> None:
    printed = outcome(tmp_path, OTHER_VERSION + SNAPSHOT_AND_PROMISE, ci="true")

    assert "1 passed, 1 deselected" in printed


def test_the_pinned_version_is_read_by_the_whole_name() -> None:
    assert pinned_version("aws-cdk-lib").startswith("2.")
    assert pinned_version("jsii") != pinned_version("constructs")


def test_a_package_without_a_pin_is_an_error() -> None:
    with pytest.raises(AssertionError, match="pins no left-pad; run `make lock`"):
        pinned_version("left-pad")
