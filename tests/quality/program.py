"""Synthesize everything that is checked: `python -m tests.quality.program FOLDER FLAGS`.

The CDK reads its switches (template validation, deprecated names) when Node starts, and an integ
app makes its own App. So the checks start this program for each set of switches, and in it `App`
is one whose output, feature flags and plugins the checks decide.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import aws_cdk as cdk
import cdk_nag

from tests.quality.ec2_variants import build_ec2_variants
from tests.quality.eks_variants import build_eks_variants
from tests.quality.pipeline_variants import build_pipeline_variants
from tests.quality.site_variants import build_site_variants
from tests.quality.synthesis import BROKEN, FLAGS, VARIANTS, WITH_DOMAIN
from tests.quality.variants import build_variants
from tools.apps import app_modules

OriginalApp = cdk.App


class CheckedApp(OriginalApp):
    """The App of what is checked at the moment."""

    folder: Path
    flags: Mapping[str, object]
    nag: bool
    #: Name of what is made next.
    name: str
    made: ClassVar[dict[str, cdk.App]] = {}

    def __init__(self) -> None:
        # All findings are to be read, not the first stack's alone.
        context = {**self.flags, "@aws-cdk/core:failSynthOnValidationErrors": False}
        super().__init__(outdir=str(self.folder / self.name), context=context)
        if self.nag:
            cdk.Validations.of(self).add_plugins(cdk_nag.AwsSolutionsChecks(self, verbose=True))
        self.made[self.name] = self


def run_integ_apps() -> None:
    """Run each app of integ/ without settings, and with a domain."""
    for module in app_modules():
        for kind, settings in (("bare", {}), ("domain", WITH_DOMAIN)):
            CheckedApp.name = f"{module}-{kind}"
            os.environ.update(settings)
            runpy.run_module(f"integ.{module}", run_name="__main__")
            for variable in settings:
                del os.environ[variable]


def build_broken(app: cdk.App) -> None:
    """Make a stack that no deployment would survive."""
    stack = cdk.Stack(app, "Broken")
    cdk.CfnResource(
        stack,
        "Function",
        type="AWS::Lambda::Function",
        properties={"Timeout": 10000, "Role": "nobody", "Code": {}},
    )
    cdk.Annotations.of(stack).add_warning_v2("broken", "this stack is broken")


def warnings_of(app: cdk.App) -> list[str]:
    """The warnings and errors of an app, which is synthesized if it was not yet."""
    return [
        f"{message.id}: {message.entry.data}"
        for stack in app.synth().stacks_recursively
        for message in stack.messages
        if message.level.name != "INFO"
    ]


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("flags", choices=FLAGS)
    parser.add_argument("--nag", action="store_true")
    parser.add_argument("--broken", action="store_true")
    given = parser.parse_args()
    CheckedApp.folder, CheckedApp.flags = given.folder, FLAGS[given.flags]
    CheckedApp.nag = given.nag
    cdk.App = CheckedApp  # type: ignore[misc]
    run_integ_apps()
    CheckedApp.name = VARIANTS
    variants = CheckedApp()
    build_variants(variants)
    build_eks_variants(variants)
    build_site_variants(variants)
    build_ec2_variants(variants)
    build_pipeline_variants(variants)
    if given.broken:
        CheckedApp.name = BROKEN
        build_broken(CheckedApp())
    warnings = {name: warnings_of(app) for name, app in CheckedApp.made.items()}
    (given.folder / "warnings.json").write_text(json.dumps(warnings))


if __name__ == "__main__":
    main()
