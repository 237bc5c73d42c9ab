"""What the simulation reads is what the library synthesizes."""

from __future__ import annotations

import pytest

from loadtest.simulation.applications import Application, synthesize, web_choices, worker_choices
from loadtest.simulation.policies import _metrics, read_service
from tests.stacks import synthesize as synthesize_one


@pytest.fixture(scope="module")
def web() -> dict[str, Application]:
    return synthesize(web_choices(900))


@pytest.fixture(scope="module")
def workers() -> dict[str, Application]:
    return synthesize(worker_choices(30))


def test_the_defaults_hold_60_percent_cpu_with_one_to_four_tasks(
    web: dict[str, Application],
) -> None:
    service = web["the defaults"].web

    assert (service.fewest, service.most, service.cpus, service.gib) == (1, 4, 0.5, 1)
    (tracking,) = service.tracking
    assert (tracking.metric, tracking.target) == ("ECSServiceAverageCPUUtilization", 60)
    assert (tracking.out_seconds, tracking.in_seconds) == (60, 300)
    assert service.steps == ()


def test_requests_are_a_second_policy(web: dict[str, Application]) -> None:
    metrics = {one.metric: one.target for one in web["requests_per_target=900"].web.tracking}

    assert metrics == {"ECSServiceAverageCPUUtilization": 60, "ALBRequestCountPerTarget": 900}


def test_a_larger_task_is_read_from_its_definition(web: dict[str, Application]) -> None:
    assert web["1 vCPU, at most 2"].web.cpus == 1


def test_the_load_balancer_says_when_it_gives_up(web: dict[str, Application]) -> None:
    assert web["the defaults"].give_up_seconds == 60


def test_a_worker_of_a_fixed_number_has_no_scaling(web: dict[str, Application]) -> None:
    assert web["the defaults"].worker is None


def test_a_worker_that_sleeps_has_a_step_up_and_a_step_to_none(
    workers: dict[str, Application],
) -> None:
    service = workers["min_count=0, backlog_per_task=30"].worker
    assert service is not None
    wake, sleep = service.steps

    assert [(one.metric, one.target) for one in service.tracking] == [("BacklogPerTask", 30)]
    assert (wake.metrics, wake.at_least, wake.threshold, wake.minutes, wake.add) == (
        ("HasBacklogWithoutCapacity",),
        True,
        1,
        1,
        1,
    )
    assert (sleep.metrics, sleep.at_least, sleep.threshold, sleep.minutes, sleep.exact) == (
        ("QueueDepth", "Unacked"),
        False,
        0,
        15,
        0,
    )


def test_a_worker_on_cpu_is_read_too(workers: dict[str, Application]) -> None:
    service = workers["cpu_percent=60"].worker

    assert service is not None
    assert [one.target for one in service.tracking] == [60]


def test_an_alarm_that_is_calculated_otherwise_is_not_simulated() -> None:
    alarm = {"Metrics": [{"Id": "e", "Expression": "waiting / taken"}]}

    with pytest.raises(ValueError, match="'waiting / taken' is not simulated"):
        list(_metrics(alarm))


def test_the_service_is_found_by_its_logical_id() -> None:
    blog = synthesize_one()
    web = blog.template.of(blog.construct.services["web"]).id

    assert read_service(blog.template.body, web).most == 4
