"""A new version of the library replaces nothing that holds data, in any app of integ/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.apps import app_modules
from tools.released import RELEASED, synthesize_app
from tools.replacements import STATEFUL, Template, changes

RELEASED_APPS = sorted(folder.name for folder in RELEASED.iterdir())


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def pairs(module: str, output: Path) -> list[tuple[Template, Template]]:
    """Pair each released template with the one of now; a stack that is gone has none left."""
    now = {path.name: read(path) for path in synthesize_app(module, output)}
    released = sorted((RELEASED / module).glob("*.template.json"))
    return [(read(path), now.get(path.name, {"Resources": {}})) for path in released]


def test_every_released_app_is_still_in_integ() -> None:
    assert set(RELEASED_APPS) <= set(app_modules())


def test_the_released_templates_hold_what_an_update_could_lose() -> None:
    types = {
        resource["Type"]
        for path in RELEASED.glob("*/*.template.json")
        for resource in read(path)["Resources"].values()
    }

    assert {"AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::EC2::Volume"} <= types & STATEFUL


@pytest.mark.parametrize("module", RELEASED_APPS)
def test_an_update_of_the_library_replaces_nothing_that_holds_data(
    module: str, tmp_path: Path
) -> None:
    found = [change for pair in changes(pairs(module, tmp_path)) for change in pair]

    assert [change.told for change in found if change.loses_state] == []
