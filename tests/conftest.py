"""What every test of the suite relies on: a Node for jsii, the CDK's flags, no silent skip."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.flags import recommended_flags as flags_of_cdk_json
from tools.node import node_executable

ROOT = Path(__file__).parent.parent

# jsii starts Node when aws_cdk is first imported, so this stands before any test module.
os.environ.setdefault("JSII_NODE", str(node_executable()))
os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
# The CDK's own template validation costs most of a synth. The test of it turns it on.
os.environ.setdefault("CDK_VALIDATION", "false")


@pytest.fixture(scope="session")
def recommended_flags() -> dict[str, object]:
    """Give the recommended feature flags of cdk.json, as context for `App`."""
    return flags_of_cdk_json()


def pinned_version(package: str) -> str:
    """Return the version of a package in requirements/dev.txt."""
    pins = (ROOT / "requirements" / "dev.txt").read_text()
    found = re.search(rf"^{re.escape(package)}==(\S+)", pins, re.MULTILINE)
    assert found, f"requirements/dev.txt pins no {package}; run `make lock`"
    return found[1]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter that holds a CDK token by its argument: the token's number is chance."""
    return f"{argname}-token" if isinstance(val, str) and "${Token[" in val else None


def snapshots_apply() -> bool:
    """Tell whether this is the aws-cdk-lib that the snapshots were made with."""
    return version("aws-cdk-lib") == pinned_version("aws-cdk-lib")


def pytest_configure(config: pytest.Config) -> None:
    """Keep syrupy from calling the snapshots unused that are left out below."""
    if not snapshots_apply():
        config.option.disable_unused_snapshots = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave snapshots out unless aws-cdk-lib is the pinned one: templates differ by version."""
    if snapshots_apply():
        return
    snapshots = [item for item in items if item.get_closest_marker("snapshot")]
    items[:] = [item for item in items if item not in snapshots]
    config.hook.pytest_deselected(items=snapshots)


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    expected_failure = hasattr(report, "wasxfail")
    if os.environ.get("CI") != "true" or not report.skipped or expected_failure:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"skipped although CI=true: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failure under CI=true: there, every part must be present."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a module skipped as a whole into a failure under CI=true."""
    report = yield
    _fail_if_skipped(report)
    return report
