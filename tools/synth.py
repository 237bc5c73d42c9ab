"""Synthesize the apps of integ/ without the CDK command line: `make synth`.

Each app runs in its own process with the variables that the CDK command line would give it, so it
needs no account and no credentials.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tools.apps import ROOT, app_modules
from tools.assembly import read_assembly
from tools.environment import tool_environment
from tools.flags import recommended_flags
from tools.report import format_app


class SynthError(Exception):
    """An app could not be synthesized; the message is what it wrote to stderr."""


def synthesize(
    module: str,
    output: Path,
    *,
    environment: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    root: Path = ROOT,
) -> None:
    """Synthesize `integ.<module>` into the folder `output`, which is emptied first.

    `environment` is the whole environment of the app; `flags` are the CDK's feature flags, by
    default those of cdk.json; `root` is the folder that holds integ/.

    Raises:
        SynthError: the app failed, for example because a template breaks a rule.
    """
    shutil.rmtree(output, ignore_errors=True)
    flags = recommended_flags() if flags is None else flags
    cdk = {"CDK_OUTDIR": str(output), "CDK_CONTEXT_JSON": json.dumps(flags)}
    done = subprocess.run(
        [sys.executable, "-m", f"integ.{module}"],
        cwd=root,
        env={**environment, **cdk},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SynthError(done.stderr.strip() or f"exit code {done.returncode}")
    if not (output / "manifest.json").is_file():
        message = f"integ/{module}.py wrote no assembly; end it with app.synth()"
        raise SynthError(message)


def _synthesize_and_report(module: str, environment: Mapping[str, str]) -> bool:
    output = ROOT / "cdk.out" / module
    start = time.monotonic()
    try:
        synthesize(module, output, environment=environment)
    except SynthError as error:
        print(f"{module}: FAILED\n{error}\n", file=sys.stderr)
        return False
    print(format_app(module, read_assembly(output), seconds=time.monotonic() - start), end="\n\n")
    return True


def main(modules: list[str]) -> int:
    """Synthesize those apps, or all; return 1 if one failed."""
    environment = tool_environment()
    # The suite leaves the CDK's own template validation out for speed; here it must speak.
    environment.pop("CDK_VALIDATION", None)
    modules = modules or app_modules()
    succeeded = [_synthesize_and_report(module, environment) for module in modules]
    print(f"{sum(succeeded)} of {len(modules)} apps synthesized to cdk.out/")
    return 0 if modules and all(succeeded) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
