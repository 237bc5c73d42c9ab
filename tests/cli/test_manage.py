"""One-off commands on ECS."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3
import pytest

from django_cdk.cli.console import Console
from django_cdk.cli.ecs import one_off
from django_cdk.cli.ecs.application import EcsApplication
from django_cdk.cli.manage import asks
from django_cdk.cli.signals import Interruption
from django_cdk.cli.target import find_target
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION
from tests.cli.fargate import RUNNING, Fargate, ended
from tests.cli.test_stack import arguments

Use = Callable[..., Fargate]


@pytest.fixture
def fargate(shop: None, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes ECS run tasks that go through the given states."""
    monkeypatch.setattr(one_off, "POLL", 0.01)

    def use(
        *states: Mapping[str, Any],
        says: Mapping[int, Sequence[str]] | None = None,
        signals: Mapping[int, int] | None = None,
    ) -> Fargate:
        made = Fargate(states, says, signals)
        monkeypatch.setattr(EcsApplication, "ecs", made)
        return made

    return use


def web_service() -> Mapping[str, Any]:
    ecs = boto3.client("ecs", region_name=REGION)
    (cluster,) = ecs.list_clusters()["clusterArns"]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"]
    (found,) = (one for one in services if "Web" in one["serviceName"])
    web: Mapping[str, Any] = found
    return web


def test_the_exit_code_is_the_commands_own(fargate: Use, cli: Cli) -> None:
    fargate(RUNNING, ended(3))

    assert cli("manage", "--debug", "--", "migrate").code == 3


def test_the_command_is_one_of_manage_py(fargate: Use, cli: Cli) -> None:
    ecs = fargate(ended(0))

    cli("manage", "--", "migrate", "--plan")

    (override,) = ecs.started[0]["overrides"]["containerOverrides"]
    assert override == {"name": "web", "command": ["python", "manage.py", "migrate", "--plan"]}


def test_manage_py_may_be_called_in_another_way(fargate: Use, cli: Cli) -> None:
    ecs = fargate(ended(0))

    cli("manage", "--manage-py", "uv run manage.py", "--", "migrate")

    (override,) = ecs.started[0]["overrides"]["containerOverrides"]
    assert override["command"] == ["uv", "run", "manage.py", "migrate"]


def test_the_task_is_made_as_the_web_tasks(fargate: Use, cli: Cli) -> None:
    ecs, service = fargate(ended(0)), web_service()

    cli("manage", "--", "migrate")

    request = ecs.started[0]
    assert request["taskDefinition"] == service["taskDefinition"]
    assert request["networkConfiguration"] == service["networkConfiguration"]
    assert request["cluster"] in service["clusterArn"]


def test_the_list_of_tasks_says_who_it_was(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ann@example.com")
    ecs = fargate(ended(0))

    cli("manage", "--", "migrate")

    assert ecs.started[0]["startedBy"] == "django-cdk/ann-example-com"


def test_the_log_is_shown_as_it_was_written(fargate: Use, cli: Cli) -> None:
    fargate(RUNNING, RUNNING, ended(0), says={0: ["first [1]", "\tsecond"], 1: ["third"]})

    assert cli("manage", "--", "check").out == "first [1]\n\tsecond\nthird\n"


def test_lines_that_arrive_after_the_end_are_shown(fargate: Use, cli: Cli) -> None:
    fargate(RUNNING, ended(0), says={1: ["Done."]})

    assert cli("manage", "--", "check").out == "Done.\n"


def test_it_does_not_wait_for_the_network_to_be_taken_down(fargate: Use, cli: Cli) -> None:
    fargate(RUNNING, ended(0), {"lastStatus": "STOPPED", "container": {"exitCode": 9}})

    assert cli("manage", "--", "check").code == 0


def test_a_task_that_ecs_does_not_know_yet_is_waited_for(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs = fargate(ended(0))
    answers = iter([{"tasks": [], "failures": [{"reason": "MISSING"}]}])
    known = ecs.describe_tasks
    monkeypatch.setattr(
        ecs, "describe_tasks", lambda **request: next(answers, None) or known(**request)
    )

    assert cli("manage", "--", "check").code == 0


def test_a_killed_command_says_why(fargate: Use, cli: Cli) -> None:
    fargate(RUNNING, ended(137, reason="OutOfMemoryError: Container killed due to memory usage"))

    outcome = cli("manage", "--", "check")

    assert outcome.code == 137
    assert "ECS says: OutOfMemoryError: Container killed due to memory usage" in outcome.err


def test_a_task_that_can_not_start_ends_with_125_and_the_remedy(fargate: Use, cli: Cli) -> None:
    fargate(
        {
            "lastStatus": "STOPPED",
            "stopCode": "TaskFailedToStart",
            "stoppedReason": "CannotPullContainerError: image not found",
        }
    )

    outcome = cli("manage", "--", "check")

    assert outcome.code == 125
    assert "could not start: TaskFailedToStart; CannotPullContainerError" in outcome.err
    assert "Check that the image exists" in outcome.err


def test_no_room_for_a_task_ends_with_125(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs = fargate(ended(0))
    failures = [{"reason": "RESOURCE:ENI", "detail": "no free address"}]
    monkeypatch.setattr(ecs, "run_task", lambda **_: {"tasks": [], "failures": failures})

    outcome = cli("manage", "--", "check")

    assert outcome.code == 125
    assert "ECS could not start a task: RESOURCE:ENI: no free address." in outcome.err


def test_a_missing_command_is_an_error(cli: Cli) -> None:
    outcome = cli("manage")

    assert outcome.code == 125
    assert "Which command of manage.py?" in outcome.err


def test_ctrl_c_stops_the_task_and_says_so(fargate: Use, cli: Cli) -> None:
    ecs = fargate(RUNNING, signals={1: signal.SIGINT})

    outcome = cli("manage", "--", "sleep")

    assert outcome.code == 130
    assert len(ecs.stopped) == 1
    assert "Stopping task" in outcome.err
    assert "was stopped." in outcome.err


def test_a_terminated_ci_job_stops_the_task_too(fargate: Use, cli: Cli) -> None:
    ecs = fargate(RUNNING, signals={1: signal.SIGTERM})

    assert cli("manage", "--", "sleep").code == 143
    assert len(ecs.stopped) == 1


def test_ctrl_c_in_the_middle_of_a_start_still_stops_the_task(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs = fargate(RUNNING)
    start = ecs.run_task

    def slow_start(**request: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return start(**request)

    monkeypatch.setattr(ecs, "run_task", slow_start)

    assert cli("manage", "--", "sleep").code == 130
    assert len(ecs.stopped) == 1


def test_a_second_ctrl_c_leaves_at_once_and_says_what_may_still_run(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs = fargate(RUNNING, signals={1: signal.SIGINT})

    def stop(**_: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(ecs, "stop_task", stop)

    outcome = cli("manage", "--", "sleep")

    assert outcome.code == 130
    assert "may still run." in outcome.err


def test_a_task_whose_output_nobody_reads_any_more_is_stopped(
    fargate: Use, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs = fargate(RUNNING, says={0: ["a line"]})

    def closed(*_: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(Console, "raw", closed)
    with pytest.raises(BrokenPipeError):
        find_target(arguments()).run_once(["ls"], Console())

    assert len(ecs.stopped) == 1


def test_signals_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGHUP)
    signal.signal(signal.SIGHUP, before)

    assert interruption.signal is None


def test_a_signal_ends_a_wait() -> None:
    with Interruption() as interruption:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        interruption.wait(20)

    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "words",
    [
        ["createsuperuser"],
        ["createsuperuser", "--username", "ann"],
        ["shell"],
        ["dbshell"],
        ["changepassword", "ann"],
        ["flush"],
        ["collectstatic"],
    ],
)
def test_commands_that_ask_need_a_terminal(words: Sequence[str]) -> None:
    assert asks(words)


@pytest.mark.parametrize(
    "words",
    [
        ["createsuperuser", "--noinput", "--username", "ann"],
        ["createsuperuser", "--no-input"],
        ["shell", "-c", "print(1)"],
        ["shell", "--command=print(1)"],
        ["collectstatic", "--dry-run"],
        ["migrate"],
        ["my_own_command"],
    ],
)
def test_commands_that_ask_nothing_need_none(words: Sequence[str]) -> None:
    assert not asks(words)


def test_a_command_that_asks_is_refused_without_a_terminal(cli: Cli) -> None:
    outcome = cli("manage", "--", "createsuperuser")

    assert outcome.code == 125
    assert "there is no terminal here: give --noinput or --no-input" in outcome.err
