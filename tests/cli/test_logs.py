"""What the processes of a DjangoEcs write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EventStreamError

from django_cdk.cli.console import Console
from django_cdk.cli.ecs import logs
from django_cdk.cli.ecs.application import EcsApplication, ecs_applications
from django_cdk.cli.stack import find_stack
from django_cdk.cli.text import harmless
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION
from tests.cli.fargate import write
from tests.cli.test_main import console_on
from tests.cli.test_stack import arguments

AN_HOUR_AGO = timedelta(hours=1)


@pytest.fixture
def application(shop: None) -> EcsApplication:
    (found,) = ecs_applications(find_stack(arguments()))
    return found


def put(
    application: EcsApplication, label: str, *lines: str, ago: float = 0, task: str = "1"
) -> None:
    """A task of the process writes."""
    process = application.processes[label]
    write(process.log_group, f"{process.stream_prefix}/{process.kind}/{task}", lines, ago=ago)


def shown(out: str) -> list[str]:
    """Process and text of each line."""
    return [re.sub(r" +\| ", ": ", line.split(" ", 2)[2]) for line in out.splitlines()]


def test_all_processes_are_shown_in_the_order_of_time(
    application: EcsApplication, cli: Cli
) -> None:
    put(application, "web", "second", ago=20)
    put(application, "worker:celery", "first", ago=30)
    put(application, "release", "third", ago=10)

    assert shown(cli("logs").out) == ["worker:celery: first", "web: second", "release: third"]


def test_one_process_may_be_chosen(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "of web")
    put(application, "worker:celery", "of celery")

    assert shown(cli("logs", "--process", "celery").out) == ["worker:celery: of celery"]


def test_several_processes_may_be_chosen(application: EcsApplication, cli: Cli) -> None:
    for label in ("web", "beat", "release"):
        put(application, label, f"of {label}")

    lines = shown(cli("logs", "--process", "web", "--process", "beat").out)

    assert sorted(line.split(":")[0] for line in lines) == ["beat", "web"]


def test_an_hour_is_shown_when_nobody_says_otherwise(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "old", ago=3700)
    put(application, "web", "new", ago=3500)

    assert shown(cli("logs").out) == ["web: new"]


def test_since_reaches_further_back(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "old", ago=3700)

    assert shown(cli("logs", "--since", "2h").out) == ["web: old"]


def test_grep_is_a_regular_expression(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "GET /a 200", "GET /b 500", "POST /c 502")

    assert shown(cli("logs", "--grep", r" 50\d$").out) == ["web: GET /b 500", "web: POST /c 502"]


def test_grep_refuses_what_is_no_regular_expression(cli: Cli) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli("logs", "--grep", "(")

    assert exit_.value.code == 2


def test_long_lines_are_not_folded(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "x" * 500)

    assert shown(cli("logs").out) == [f"web: {'x' * 500}"]


def test_a_deleted_log_group_is_an_empty_one(application: EcsApplication, cli: Cli) -> None:
    put(application, "web", "still here")
    group = application.processes["beat"].log_group
    boto3.client("logs", region_name=REGION).delete_log_group(logGroupName=group)

    assert shown(cli("logs").out) == ["web: still here"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://bad\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2Jcleared", "cleared"),
        ("\x1bcreset", "reset"),
        ("back\x08space\x00", "backspace"),
        ("right\u202eleft", "rightleft"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_logs_can_not_steer_the_terminal_but_may_have_colours(text: str, expected: str) -> None:
    assert harmless(text) == expected


def tail_event(application: EcsApplication, label: str, text: str, *, ago: float = 0) -> Any:
    """A line, as Live Tail gives it."""
    process = application.processes[label]
    when = datetime.now(UTC) - timedelta(seconds=ago)
    return {
        "logGroupIdentifier": f"123456789012:{process.log_group}",
        "logStreamName": f"{process.stream_prefix}/{process.kind}/1",
        "message": text,
        "timestamp": int(when.timestamp() * 1000),
    }


def update(*events: Any, sampled: bool = False) -> Mapping[str, Any]:
    return {
        "sessionUpdate": {"sessionResults": list(events), "sessionMetadata": {"sampled": sampled}}
    }


class Tail:
    """moto's logs, with sessions of Live Tail that go as they are told."""

    def __init__(self, *sessions: Any) -> None:
        self.real = boto3.client("logs", region_name=REGION)
        self.asked: list[Mapping[str, Any]] = []
        self._sessions = iter(sessions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def start_live_tail(self, **request: Any) -> Any:
        self.asked.append(request)
        session = next(self._sessions)
        if isinstance(session, Exception):
            raise session
        return {"responseStream": session}


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "StartLiveTail")


def follow(
    application: EcsApplication, *labels: str, count: int, console: Console | None = None
) -> list[str]:
    """The first lines that following shows."""
    since = datetime.now(UTC) - AN_HOUR_AGO
    console = console or console_on(terminal=False)[0]
    lines = logs.follow(application, labels or ["web"], since, console)
    return [line.text for line in islice(lines, count)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_BETWEEN_LOOKS", 0.01)


def test_following_shows_history_then_what_comes(application: EcsApplication) -> None:
    put(application, "web", "before", ago=60)
    application.__dict__["cloudwatch_logs"] = Tail(
        [{"sessionStart": {}}, update(tail_event(application, "web", "now"))]
    )

    assert follow(application, count=2) == ["before", "now"]


def test_what_stands_in_history_and_in_the_tail_is_shown_once(
    application: EcsApplication,
) -> None:
    events = [tail_event(application, "web", text) for text in ("same", "new")]
    group, stream = application.processes["web"].log_group, "web/web/1"
    client = boto3.client("logs", region_name=REGION)
    client.create_log_stream(logGroupName=group, logStreamName=stream)
    same = {"timestamp": events[0]["timestamp"], "message": "same"}
    client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[same])
    application.__dict__["cloudwatch_logs"] = Tail([update(*events)])

    assert follow(application, count=2) == ["same", "new"]


def test_moto_takes_what_is_asked_of_live_tail(application: EcsApplication) -> None:
    put(application, "web", "hello")

    assert follow(application, "web", "beat", count=1) == ["hello"]


def test_a_session_that_ends_is_begun_again(application: EcsApplication) -> None:
    def breaking() -> Iterator[Mapping[str, Any]]:
        yield update(tail_event(application, "web", "one", ago=5))
        raise EventStreamError({"Error": {"Code": "SessionTimeoutException"}}, "StartLiveTail")

    application.__dict__["cloudwatch_logs"] = Tail(
        breaking(), [update(tail_event(application, "web", "two"))]
    )

    assert follow(application, count=2) == ["one", "two"]


def test_what_came_between_two_sessions_is_shown(application: EcsApplication) -> None:
    def ends() -> Iterator[Mapping[str, Any]]:
        yield update(tail_event(application, "web", "one", ago=30))
        put(application, "web", "between", ago=20)

    application.__dict__["cloudwatch_logs"] = Tail(
        ends(), [update(tail_event(application, "web", "two"))]
    )

    assert follow(application, count=3) == ["one", "between", "two"]


def test_lines_that_live_tail_leaves_out_are_told_of(application: EcsApplication) -> None:
    console, written = console_on(terminal=False)
    application.__dict__["cloudwatch_logs"] = Tail(
        [update(tail_event(application, "web", "one"), sampled=True)]
    )

    follow(application, count=1, console=console)

    assert "Live Tail leaves some out" in written.getvalue()


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
def test_without_live_tail_it_looks_again_and_again(
    application: EcsApplication, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    application.__dict__["cloudwatch_logs"] = Tail(refused(code))
    put(application, "web", "before", ago=30)
    since = datetime.now(UTC) - AN_HOUR_AGO

    lines = logs.follow(application, ["web"], since, console_on(terminal=False)[0])
    first = next(lines).text
    put(application, "web", "after")

    assert [first, next(lines).text] == ["before", "after"]


def test_why_there_is_no_live_tail_is_told(application: EcsApplication) -> None:
    console, written = console_on(terminal=False)
    application.__dict__["cloudwatch_logs"] = Tail(refused("AccessDeniedException"))
    put(application, "web", "line")

    follow(application, count=1, console=console)

    assert "without Live Tail: logs:StartLiveTail is not allowed." in written.getvalue()


def test_a_line_that_arrives_late_is_still_shown(application: EcsApplication) -> None:
    application.__dict__["cloudwatch_logs"] = Tail(refused("AccessDeniedException"))
    put(application, "web", "now")
    since = datetime.now(UTC) - AN_HOUR_AGO
    lines = logs.follow(application, ["web"], since, console_on(terminal=False)[0])
    first = next(lines).text

    put(application, "web", "late", ago=10)

    assert [first, next(lines).text] == ["now", "late"]


def test_live_tail_asks_for_the_log_groups_by_their_arns(application: EcsApplication) -> None:
    tail = Tail([update(tail_event(application, "web", "one"))])
    application.__dict__["cloudwatch_logs"] = tail

    follow(application, count=1)

    group = application.processes["web"].log_group
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{group}"
    assert tail.asked == [{"logGroupIdentifiers": [arn]}]


def test_lines_of_other_streams_of_a_group_are_not_ours(application: EcsApplication) -> None:
    foreign = {**tail_event(application, "web", "foreign"), "logStreamName": "other/x/1"}
    application.__dict__["cloudwatch_logs"] = Tail(
        [update(foreign, tail_event(application, "web", "ours"))]
    )

    assert follow(application, count=1) == ["ours"]
