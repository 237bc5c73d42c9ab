"""Everything that is checked, synthesized in a process of its own, and what it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.conftest import pinned_version
from tools.flags import recommended_flags
from tools.node import node_executable
from tools.released import ALL_SETTINGS

ROOT = Path(__file__).parents[2]

VARIANTS = "variants"
BROKEN = "broken"

# What a deployment with a domain is told; nothing is looked up, the CDK fills in placeholders.
WITH_DOMAIN = ALL_SETTINGS
SETTINGS = {*WITH_DOMAIN, "CERTIFICATE_ARN"}

FLAGS: Mapping[str, Mapping[str, object]] = {"recommended": recommended_flags(), "none": {}}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a plugin of the CDK (its own rules, cdk-nag, annotations) says of one construct."""

    plugin: str
    rule: str
    severity: str
    path: str
    description: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} at {self.path}: {self.description}"


@dataclass(frozen=True, kw_only=True)
class Assemblies:
    """What one process synthesized: a cloud assembly for each app, and what was said of it."""

    folder: Path

    @property
    def apps(self) -> list[str]:
        """The names of the apps."""
        return sorted(path.parent.name for path in self.folder.glob("*/manifest.json"))

    def templates(self) -> list[Path]:
        """Every template of every app, nested ones too; the broken one left out."""
        found = sorted(self.folder.glob("**/*.template.json"))
        return [path for path in found if path.relative_to(self.folder).parts[0] != BROKEN]

    def findings(self, app: str) -> list[Finding]:
        """What the plugins found in an app."""
        report = json.loads((self.folder / app / "validation-report.json").read_text())
        return [
            Finding(
                plugin=plugin["pluginName"],
                rule=violation["ruleName"],
                severity=violation["severity"],
                path=construct["constructPath"],
                description=" ".join(violation["description"].split()),
            )
            for plugin in report["pluginReports"]
            for violation in _violations(plugin)
            for construct in violation["violatingConstructs"]
        ]

    @property
    def warnings(self) -> dict[str, list[str]]:
        """App -> the warnings and errors that constructs left on themselves."""
        found: dict[str, list[str]] = json.loads((self.folder / "warnings.json").read_text())
        return found


def _violations(plugin: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    violations: list[Mapping[str, Any]] = plugin["violations"]
    # A plugin that broke down reports a failure without a violation.
    assert violations or plugin["conclusion"] != "failure", f"the plugin failed: {plugin}"
    return violations


def synthesize_all(
    folder: Path, *, flags: str, nag: bool = False, validation: bool = False
) -> Assemblies:
    """Synthesize every integ app, without settings and with a domain, and every variant.

    :param folder: takes one folder for each app.
    :param flags: the feature flags: ``recommended`` or ``none``.
    :param nag: let cdk-nag look at every app.
    :param validation: let the CDK's own rules look at every app, and at a broken one.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment = {
        **inherited,
        "JSII_NODE": str(node_executable()),
        "CDK_VALIDATION": "true" if validation else "false",
        "JSII_DEPRECATED": _deprecated(),
    }
    switches = [*(["--nag"] if nag else []), *(["--broken"] if validation else [])]
    done = subprocess.run(
        [sys.executable, "-m", "tests.quality.program", str(folder), flags, *switches],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Assemblies(folder=folder)


def _deprecated() -> str:
    """What a call of a deprecated name of the CDK does: it fails."""
    newest = version("aws-cdk-lib") == pinned_version("aws-cdk-lib")
    # An older CDK makes such calls itself.
    return "fail" if newest else "quiet"
