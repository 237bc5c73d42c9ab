"""The parts of `make bench`: that it compares like with like, and what the import costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools import bench
from tools.bench import Cost, ImportCost, Measured
from tools.bench_apps import STACK
from tools.node import node_executable

ROOT = Path(__file__).parents[2]


def resources(kind: str, folder: Path, *, count: int = 1) -> Counter[str]:
    """The resources of a measured app: how many of each type."""
    subprocess.run(
        [sys.executable, "-m", "tools.bench_apps", kind, str(count)],
        cwd=ROOT,
        env={**os.environ, "JSII_NODE": str(node_executable()), "CDK_OUTDIR": str(folder)},
        check=True,
    )
    template = json.loads((folder / f"{STACK}.template.json").read_text())
    return Counter(resource["Type"] for resource in template["Resources"].values())


@pytest.mark.parametrize("celery", ["", "-celery"])
def test_the_stack_by_hand_has_the_same_resources(celery: str, tmp_path: Path) -> None:
    by_hand = resources(f"plain{celery}", tmp_path / "plain")

    assert by_hand == resources(f"library{celery}", tmp_path / "library")
    assert by_hand["AWS::ECS::Service"] == (3 if celery else 1)


def test_several_applications_are_measured_in_one_stack(tmp_path: Path) -> None:
    assert resources("library", tmp_path, count=2)["AWS::RDS::DBInstance"] == 2


def test_the_empty_stack_is_almost_empty(tmp_path: Path) -> None:
    assert resources("empty", tmp_path).total() == 1


def test_importing_the_library_loads_no_cdk_and_is_quick() -> None:
    imported = bench.import_cost(runs=5)

    assert not imported.loads_cdk
    # Five times the aim: a busy machine must not fail this, an import of aws_cdk must.
    assert imported.milliseconds < 5 * bench.AIM_IMPORT_MS


def test_kinds_take_turns_and_the_median_counts() -> None:
    costs = iter([1.0, 10.0, 9.0, 30.0, 2.0, 20.0])
    order = []

    def cost(kind: str) -> Cost:
        order.append(kind)
        seconds = next(costs)
        return Cost(wall=seconds, cpu=seconds / 2)

    found = bench.alternating(["a", "b"], cost, runs=3)

    assert order == ["a", "b", "a", "b", "a", "b"]
    assert found == {"a": Cost(wall=2.0, cpu=1.0), "b": Cost(wall=20.0, cpu=10.0)}


def measured(by_count: dict[int, float]) -> Measured:
    cost = Cost(wall=2.0, cpu=1.0)
    return Measured(
        imported=ImportCost(milliseconds=20.0, loads_cdk=False),
        synth={**dict.fromkeys(bench.KINDS, cost), "library": Cost(wall=2.2, cpu=1.05)},
        validated=dict.fromkeys(bench.VALIDATED, cost),
        by_count={count: Cost(wall=cpu, cpu=cpu) for count, cpu in by_count.items()},
    )


def test_linear_growth_lies_on_a_line() -> None:
    line = measured({1: 2.1, 2: 2.2, 4: 2.4, 8: 2.8}).line

    assert line.per_application == pytest.approx(0.1)
    assert line.deviation == pytest.approx(0)


def test_quadratic_growth_lies_far_off_its_line() -> None:
    assert measured({1: 3, 2: 6, 4: 18, 8: 66}).line.deviation > 1


def test_the_table_shows_the_ratio_to_the_stack_by_hand() -> None:
    table = bench.table(measured({1: 2.1, 2: 2.2, 4: 2.4, 8: 2.8}))

    assert "  defaults                      1.10    1.05\n" in table
    assert "  0.10 s CPU each, at most 0% off that line\n" in table
    assert "without aws_cdk" in table
