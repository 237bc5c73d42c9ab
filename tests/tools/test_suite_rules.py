"""The rules that tests/conftest.py lays down for the whole suite."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import pinned_version

ROOT = Path(__file__).parents[2]


def outcome(
    folder: Path, test: str, *, ci: str, plugins: Sequence[str] = (), options: Sequence[str] = ()
) -> str:
    """Run one test file under the rules, in a process of its own, and return what pytest prints."""
    (folder / "test_it.py").write_text(f"import pytest\n{test}\n")
    loaded = [f"-p{plugin}" for plugin in (*plugins, "tests.conftest")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, *loaded, *options, str(folder)],
        cwd=ROOT,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(folder)},
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


SNAPSHOT_AND_PROMISE = """
@pytest.mark.snapshot
def test_template(snapshot): assert 1 == snapshot
def test_promise(): pass
"""
OTHER_VERSION = """
import importlib.metadata
importlib.metadata.version = lambda package: "2.0.0"
"""


def test_on_another_version_of_the_cdk_snapshots_are_left_out_and_not_called_unused(
    tmp_path: Path,
) -> None:
    outcome(tmp_path, SNAPSHOT_AND_PROMISE, ci="true", options=["--snapshot-update"])
    (tmp_path / "other_version.py").write_text(OTHER_VERSION)

    printed = outcome(tmp_path, SNAPSHOT_AND_PROMISE, ci="true", plugins=["other_version"])

    assert "1 passed, 1 deselected" in printed
    assert "1 snapshot unused" not in printed


def test_the_name_of_a_test_holds_no_token_number(tmp_path: Path) -> None:
    parametrized = "@pytest.mark.parametrize('region', ['a', '${Token[AWS.Region.7]}'])"
    test = f"{parametrized}\ndef test_it(region): pass"

    printed = outcome(tmp_path, test, ci="", options=["-v"])

    assert "test_it[a]" in printed
    assert "test_it[region-token]" in printed


def test_the_pinned_version_is_read_by_the_whole_name() -> None:
    assert pinned_version("aws-cdk-lib").startswith("2.")
    assert pinned_version("jsii") != pinned_version("constructs")


def test_a_package_without_a_pin_is_an_error() -> None:
    with pytest.raises(AssertionError, match="pins no left-pad; run `make lock`"):
        pinned_version("left-pad")
