"""docs/eks.md: its code runs, and it says what the code says."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from django_cdk import DjangoEcs, DjangoEks, Postgres, Valkey
from django_cdk.eks.release import HELM_TIMEOUT, LONGEST_RELEASE, START_SECONDS, TAIL_BYTES
from tests.stacks import image_directory

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "eks.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## Options", 1)[1].split("\n## ", 1)[0].splitlines()
    if line.startswith("| `")
]


def defaults() -> dict[str, Any]:
    parameters = inspect.signature(inspect.unwrap(DjangoEks.__init__)).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


def run(folder: Path, *arguments: str, **environment: str) -> None:
    """Run Python in a folder with a backend in it, as a reader of the page would."""
    image_directory(folder / "backend")
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_stack_is_synthesized_as_it_stands_there(tmp_path: Path) -> None:
    out = tmp_path / "out"

    run(tmp_path, "-c", BLOCKS[0], CDK_OUTDIR=str(out))

    assert "AWS::EKS::Cluster" in (out / "Blog.template.json").read_text()


def test_the_table_has_every_option_in_the_order_of_the_code() -> None:
    assert [row[0].strip("`") for row in ROWS] == list(defaults())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("`"))
def test_a_default_in_the_table_is_the_default_of_the_code(row: list[str]) -> None:
    default = defaults()[row[0].strip("`")]

    if default is None:
        assert row[2]  # In words: what happens without the option.
    else:
        names = {"Postgres": Postgres, "Valkey": Valkey}
        assert eval(row[2].strip("`"), names) == default  # noqa: S307 - our own page


def test_the_options_that_mean_nothing_here_are_those_of_ecs_alone() -> None:
    sentence = PAGE.split("has options that mean nothing here:", 1)[1].split(". ", 1)[0]
    parameters = inspect.signature(inspect.unwrap(DjangoEcs.__init__)).parameters.values()
    ecs = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}

    named = set(re.findall(r"`(\w+)`", sentence))
    assert named == ecs - set(defaults()) - {"api_domain_name"}


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"have {LONGEST_RELEASE} seconds" in PAGE
    assert f"up to {HELM_TIMEOUT} seconds each" in " ".join(PAGE.split())
    assert f"({START_SECONDS} of them for node and image)" in PAGE
    assert f"last {TAIL_BYTES:,} bytes" in PAGE


def test_the_command_of_the_local_cluster_works(tmp_path: Path) -> None:
    (tmp_path / "blog.py").write_text(BLOCKS[1])
    (command,) = re.findall(r"^python (-m django_cdk\.eks\.local .*)$", PAGE, re.MULTILINE)

    run(tmp_path, *command.split())

    assert (tmp_path / "kubernetes" / "apply.sh").is_file()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([\w-]+)\)", PAGE))))
def test_a_link_inside_the_page_has_its_heading(anchor: str) -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)

    assert anchor in {re.sub(r"[^\w-]", "", one.lower().replace(" ", "-")) for one in headings}
