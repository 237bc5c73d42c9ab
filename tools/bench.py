"""Measure the library's own cost: `make bench`.

The time of whole processes that synthesize: an application by DjangoEcs, the same resources by
hand (`bench_plain.py`) and an empty stack; the time of `import django_cdk`; and how the time grows
with the number of applications in one stack. `--json` prints the numbers for a program.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TypeVar

from tools.apps import ROOT
from tools.node import node_executable

K = TypeVar("K")

# Kind of tools/bench_apps.py -> what it is called in the table.
KINDS = {
    "empty": "empty stack",
    "plain": "by hand",
    "library": "DjangoEcs",
    "plain-celery": "by hand, worker and beat",
    "library-celery": "DjangoEcs, worker and beat",
}
VALIDATED = ("empty", "plain", "library")
COUNTS = (1, 2, 4, 8)

AIM_RATIO = 1.10
AIM_IMPORT_MS = 50

_IMPORT = """
import sys, time
start = time.perf_counter()
import django_cdk
print((time.perf_counter() - start) * 1000, "aws_cdk" in sys.modules)
"""


@dataclass(frozen=True, kw_only=True)
class ImportCost:
    """What `import django_cdk` costs in a new process.

    :param milliseconds: the median.
    :param loads_cdk: it loads aws_cdk, which it must not.
    """

    milliseconds: float
    loads_cdk: bool


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one whole process costs, Node included, in seconds.

    :param wall: from its start to its end.
    :param cpu: what it computed, which a busy machine changes less.
    """

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Line:
    """How the cost grows with the number of applications, if it grows as a line.

    :param per_application: CPU seconds of each further one.
    :param deviation: of the measured time farthest from the line, as a part of it.
    """

    per_application: float
    deviation: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that was measured: medians.

    :param synth: kind -> its process, without the CDK's template validation.
    :param validated: some kinds -> the same with it.
    :param by_count: number of DjangoEcs in one stack -> its process.
    """

    imported: ImportCost
    synth: dict[str, Cost]
    validated: dict[str, Cost]
    by_count: dict[int, Cost]

    def ratio(self, suffix: str = "") -> Cost:
        """DjangoEcs over the same resources by hand."""
        library, plain = self.synth[f"library{suffix}"], self.synth[f"plain{suffix}"]
        return Cost(wall=library.wall / plain.wall, cpu=library.cpu / plain.cpu)

    @property
    def line(self) -> Line:
        """The straight line through the CPU times by number of applications."""
        seconds = {count: cost.cpu for count, cost in self.by_count.items()}
        slope, start = statistics.linear_regression(list(seconds), list(seconds.values()))
        deviations = (abs(start + slope * count - cpu) / cpu for count, cpu in seconds.items())
        return Line(per_application=slope, deviation=max(deviations))


def import_cost(*, runs: int) -> ImportCost:
    """Import the library in that many new processes."""
    printed = [_run([sys.executable, "-c", _IMPORT]).split() for _ in range(runs)]
    return ImportCost(
        milliseconds=statistics.median(float(milliseconds) for milliseconds, _ in printed),
        loads_cdk=any(loaded == "True" for _, loaded in printed),
    )


def synth_cost(kind: str, *, count: int = 1, validation: bool = False) -> Cost:
    """The cost of one new process that synthesizes apps of this kind."""
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), _children_seconds()
        _run(
            [sys.executable, "-m", "tools.bench_apps", kind, str(count)],
            CDK_OUTDIR=folder,
            CDK_VALIDATION="true" if validation else "false",
        )
        return Cost(wall=time.perf_counter() - wall, cpu=_children_seconds() - cpu)


def alternating(kinds: Iterable[K], cost: Callable[[K], Cost], *, runs: int) -> dict[K, Cost]:
    """The medians for each kind; one of each in turn, so that a busy machine slows all alike."""
    costs: dict[K, list[Cost]] = {kind: [] for kind in kinds}
    for _ in range(runs):
        for kind, found in costs.items():
            found.append(cost(kind))
    return {
        kind: Cost(
            wall=statistics.median(one.wall for one in found),
            cpu=statistics.median(one.cpu for one in found),
        )
        for kind, found in costs.items()
    }


def measure(*, runs: int) -> Measured:
    """Measure everything, after one round that fills the caches."""
    alternating(KINDS, synth_cost, runs=1)
    return Measured(
        imported=import_cost(runs=runs),
        synth=alternating(KINDS, synth_cost, runs=runs),
        validated=alternating(
            VALIDATED, lambda kind: synth_cost(kind, validation=True), runs=min(runs, 3)
        ),
        by_count=alternating(
            COUNTS, lambda count: synth_cost("library", count=count), runs=min(runs, 3)
        ),
    )


def table(found: Measured) -> str:
    """The numbers for a person."""
    imported, line = found.imported, found.line
    counts = {f"{count} in one stack": cost for count, cost in found.by_count.items()}
    validated = {KINDS[kind]: cost for kind, cost in found.validated.items()}
    return "\n".join(
        (
            "whole process, seconds          wall     CPU",
            *(_row(title, found.synth[kind]) for kind, title in KINDS.items()),
            f"DjangoEcs / by hand (aim: at most {AIM_RATIO:.2f})",
            _row("defaults", found.ratio()),
            _row("with worker and beat", found.ratio("-celery")),
            "with the CDK's template validation",
            *(_row(title, cost) for title, cost in validated.items()),
            "DjangoEcs with defaults, several times",
            *(_row(title, cost) for title, cost in counts.items()),
            f"  {line.per_application:.2f} s CPU each, at most {line.deviation:.0%} off that line",
            f"import django_cdk, {'LOADS' if imported.loads_cdk else 'without'} aws_cdk",
            f"  {imported.milliseconds:.1f} ms (aim: below {AIM_IMPORT_MS})",
        )
    )


def _row(title: str, cost: Cost) -> str:
    return f"  {title:<27}{cost.wall:7.2f} {cost.cpu:7.2f}"


def _children_seconds() -> float:
    """CPU time of all processes that this one started and waited for, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _run(command: list[str], **variables: str) -> str:
    environment = {**os.environ, "JSII_NODE": str(node_executable()), **variables}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the numbers for a program")
    given = parser.parse_args()
    found = measure(runs=given.runs)
    print(json.dumps(asdict(found)) if given.json else table(found))


if __name__ == "__main__":
    main()
