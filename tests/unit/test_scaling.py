"""How many tasks of a process run, and on what signal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from django_cdk import OptionError, Scaling
from django_cdk.process import ProcessKind


@pytest.mark.parametrize(("fewest", "most", "fixed"), [(1, 1, True), (3, 3, True), (1, 2, False)])
def test_the_number_is_fixed_when_fewest_and_most_are_the_same(
    fewest: int, most: int, fixed: bool
) -> None:
    assert Scaling(min_count=fewest, max_count=most).fixed is fixed


@pytest.mark.parametrize(
    "scaling",
    [
        Scaling(),
        Scaling(max_count=5, cpu_percent=1),
        Scaling(min_count=2, max_count=2, cpu_percent=None),
    ],
)
def test_takes_scaling_of_a_worker(scaling: Scaling) -> None:
    scaling.check("workers['a'].scaling", "worker")


def test_takes_web_scaling_on_requests_alone() -> None:
    Scaling(max_count=9, cpu_percent=None, requests_per_target=500).check("web_scaling", "web")


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_refuses_a_cpu_target_outside_percent(percent: int) -> None:
    with pytest.raises(OptionError, match="cpu_percent lies between 1 and 100"):
        Scaling(max_count=2, cpu_percent=percent).check("web_scaling", "web")


COUNTED = Scaling(min_count=0, max_count=5, cpu_percent=None, backlog_per_task=20)


@pytest.mark.parametrize(
    "scaling",
    [
        COUNTED,
        Scaling(max_count=5, backlog_per_task=1),
        replace(COUNTED, quiet_minutes=1),
        replace(COUNTED, quiet_minutes=1440),
    ],
)
def test_takes_scaling_of_a_worker_on_its_messages(scaling: Scaling) -> None:
    scaling.check("workers['a'].scaling", "worker")


@pytest.mark.parametrize(
    ("scaling", "kind", "remedy"),
    [
        (Scaling(min_count=0, max_count=2), "worker", "Only workers with backlog_per_task"),
        (Scaling(min_count=-1, max_count=2), "worker", "min_count starts at 1"),
        (Scaling(min_count=0), "web", "min_count starts at 1"),
        (COUNTED, "web", "min_count starts at 1"),
        (Scaling(max_count=2, backlog_per_task=5), "web", "backlog_per_task is for workers"),
        (replace(COUNTED, cpu_percent=60), "worker", "give cpu_percent=None with min_count=0"),
        (replace(COUNTED, max_count=0), "worker", "raise max_count"),
        (Scaling(backlog_per_task=5), "worker", "raise max_count"),
        (replace(COUNTED, backlog_per_task=0), "worker", "backlog_per_task is 1 or more"),
        (replace(COUNTED, quiet_minutes=0), "worker", "between 1 and 1440"),
        (replace(COUNTED, quiet_minutes=1441), "worker", "between 1 and 1440"),
        (Scaling(max_count=2, quiet_minutes=5), "worker", "does nothing without min_count=0"),
        (Scaling(max_count=2, cpu_percent=None), "worker", "a worker: backlog_per_task"),
    ],
)
def test_refuses_scaling_on_messages_that_can_t_work(
    scaling: Scaling, kind: ProcessKind, remedy: str
) -> None:
    with pytest.raises(OptionError, match=remedy):
        scaling.check("option", kind)
