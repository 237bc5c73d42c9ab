"""Commands that tell whether a container still does its work."""

from __future__ import annotations

from typing import Any

import pytest

from django_cdk import DjangoApp, HealthCheck, OptionError, Worker
from django_cdk.health_check import check_health_check

ASK = HealthCheck(command=["ask"])


def test_without_one_there_is_none() -> None:
    assert check_health_check("beat_health_check", None) is None


@pytest.mark.parametrize(
    "bounds",
    [
        {"interval": 5, "timeout": 2, "retries": 1, "start_period": 0},
        {"interval": 300, "timeout": 60, "retries": 10, "start_period": 300},
    ],
)
def test_takes_what_ecs_takes(bounds: dict[str, int]) -> None:
    given = HealthCheck(command=("ask", "it"), **bounds)

    assert check_health_check("beat_health_check", given) == given


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("interval", 4),
        ("interval", 301),
        ("interval", 7.5),
        ("timeout", 1),
        ("timeout", 61),
        ("retries", 0),
        ("retries", 11),
        ("start_period", -1),
        ("start_period", 301),
    ],
)
def test_refuses_what_ecs_refuses(field: str, value: Any) -> None:
    given = HealthCheck(command=["ask"], **{field: value})

    with pytest.raises(OptionError, match="as a number") as refused:
        check_health_check("beat_health_check", given)

    assert refused.value.option == f"beat_health_check.{field}"


def test_refuses_a_shell_line() -> None:
    given = HealthCheck(command="ask it")

    with pytest.raises(OptionError, match="give the command as a list of words"):
        check_health_check("beat_health_check", given)


def test_a_worker_s_check_is_named_after_the_worker() -> None:
    worker = Worker(command=["mail"], health_check=HealthCheck(command=["ask"], retries=0))

    with pytest.raises(OptionError) as refused:
        DjangoApp(image="blog", workers={"mail": worker})

    assert refused.value.option == "workers['mail'].health_check.retries"


def test_a_command_alone_is_no_check() -> None:
    with pytest.raises(OptionError, match="give a HealthCheck"):
        DjangoApp(image="blog", workers={"mail": Worker(command=["mail"], health_check=["ask"])})


def test_a_check_of_beat_does_nothing_without_beat() -> None:
    with pytest.raises(OptionError, match="it does nothing without use_celery_beat=True"):
        DjangoApp(image="blog", beat_health_check=ASK)


def test_worker_and_beat_keep_their_checks() -> None:
    app = DjangoApp(
        image="blog",
        celery_app="blog",
        celery_queues={"celery": Worker(health_check=ASK)},
        use_celery_beat=True,
        beat_health_check=ASK,
    )

    checks = [process.health_check for process in app.processes]

    assert checks == [None, HealthCheck(command=("ask",)), HealthCheck(command=("ask",))]
