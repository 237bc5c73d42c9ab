"""The same input gives the same bytes: in every process, everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stacks import ENVIRONMENT, IMAGE, image_directory, synthesize

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from django_cdk import ScheduledCommand
from tests.stacks import DOMAIN, synthesize

synthesized = synthesize(
    image_directory=sys.argv[1],
    celery_app="blog",
    celery_queues=["high", "low"],
    use_celery_beat=True,
    use_ecs_exec=True,
    scheduled_commands={"a": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
    environment_variables={"B": "2", "A": "1"},
    **DOMAIN,
)
print(synthesized.template.assembly)
# What is deployed; manifest and tree hold traces of where the CDK itself was unpacked.
for kind in ("template", "assets"):
    print((synthesized.template.assembly / f"Stack.{kind}.json").read_text())
"""


def run(*, image: Path, cwd: Path, seed: str) -> str:
    """The template and the list of assets, printed by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(image)],
        cwd=cwd,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assembly, _, printed = done.stdout.partition("\n")
    assert Path(assembly).is_absolute()
    return printed


def test_two_processes_elsewhere_write_the_same_bytes(tmp_path: Path) -> None:
    image, there = tmp_path / "image", tmp_path / "there"
    image_directory(image)
    there.mkdir()

    first = run(image=image, cwd=ROOT, seed="1")
    second = run(image=image, cwd=there, seed="2")

    assert "AWS::ECS::Service" in first
    assert first == second


def test_the_same_process_writes_the_same_bytes_twice() -> None:
    one, other = (synthesize(celery_app="blog").template.text for _ in range(2))

    assert one == other


def test_no_path_of_this_machine_is_in_the_template(tmp_path: Path) -> None:
    template = synthesize(image_directory=image_directory(tmp_path)).template

    for path in (tmp_path, ROOT, Path.home(), Path(sys.prefix)):
        assert str(path) not in template.text


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_nothing_but_a_zone_is_looked_up(env: object) -> None:
    """Zones of availability are a guess of the CDK's, where the stack knows its region."""
    assembly = synthesize(env=env).template.assembly  # type: ignore[arg-type]

    missing = json.loads((assembly / "manifest.json").read_text()).get("missing", [])
    assert {one["provider"] for one in missing} <= {"availability-zones"}


def test_the_environment_of_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    before = synthesize().template.text
    for name in ("ZONE_NAME", "API_DOMAIN_NAME", "AWS_DEFAULT_REGION", "AWS_REGION", "DEBUG"):
        monkeypatch.setenv(name, "x.example.com")

    assert synthesize(image=IMAGE).template.text == before
