"""Keep the templates of a release, which later versions are compared with: `make released`.

Each app of integ/ is synthesized with every setting given, so that its template holds whatever it
can. They are written when a release is made, and at no other time: a replacement that they would
reveal is a decision for a new major version, told in CHANGELOG.md.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.apps import ROOT, app_modules
from tools.environment import tool_environment
from tools.synth import synthesize

RELEASED = ROOT / "tests" / "upgrade" / "released"

ALL_SETTINGS: Mapping[str, str] = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCOUNT_ID": "111122223333",
    "ZONE_NAME": "example.com",
    "API_DOMAIN_NAME": "api.example.com",
    "FRONTEND_DOMAIN_NAME": "www.example.com",
    "FRONTEND_URL": "https://www.example.com",
}


def synthesize_app(module: str, output: Path) -> list[Path]:
    """Synthesize one app of integ/ with all settings; return its templates, nested ones too."""
    # Another part of the suite covers the CDK's own template rules.
    environment = {**tool_environment(), **ALL_SETTINGS, "CDK_VALIDATION": "false"}
    synthesize(module, output, environment=environment)
    return sorted(output.glob("**/*.template.json"))


def main() -> None:
    """Write the templates of all apps anew."""
    shutil.rmtree(RELEASED, ignore_errors=True)
    for module in app_modules():
        with tempfile.TemporaryDirectory() as output:
            for template in synthesize_app(module, Path(output)):
                kept = RELEASED / module / template.name
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(template, kept)
                print(kept.relative_to(ROOT))


if __name__ == "__main__":
    main()
