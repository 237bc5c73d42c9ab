"""How `make synth` runs an app, with small apps that need no CDK."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tools.flags import recommended_flags
from tools.synth import SynthError, synthesize

ECHO = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
(out / "manifest.json").write_text(os.environ["CDK_CONTEXT_JSON"])
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "integ").mkdir()
    return tmp_path


def run(root: Path, app: str, **options: object) -> Path:
    (root / "integ" / "app.py").write_text(app)
    output = root / "out"
    synthesize("app", output, environment=os.environ, root=root, **options)
    return output


def test_an_app_gets_the_flags_of_cdk_json(root: Path) -> None:
    assert json.loads((run(root, ECHO) / "manifest.json").read_text()) == recommended_flags()


def test_an_app_can_be_synthesized_without_any_flag(root: Path) -> None:
    assert json.loads((run(root, ECHO, flags={}) / "manifest.json").read_text()) == {}


def test_what_an_earlier_synth_left_is_removed(root: Path) -> None:
    (root / "out").mkdir()
    (root / "out" / "Old.template.json").touch()

    assert [path.name for path in run(root, ECHO).iterdir()] == ["manifest.json"]


def test_a_failing_app_shows_what_it_said(root: Path) -> None:
    with pytest.raises(SynthError, match=r"^ZONE_NAME must be set$"):
        run(root, "raise SystemExit('ZONE_NAME must be set')")


def test_an_app_that_forgets_to_synthesize_is_told_so(root: Path) -> None:
    with pytest.raises(SynthError, match=r"end it with app\.synth\(\)"):
        run(root, "")


def test_the_flags_treat_broken_template_rules_as_errors() -> None:
    assert recommended_flags()["@aws-cdk/core:validateAgainstDefaultRules"] is True
