"""Logs of tasks: history from CloudWatch Logs, then Live Tail, or looks every two seconds."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    EventStreamError,
    ReadTimeoutError,
)

from django_cdk.cli.aws import code_of, is_denied
from django_cdk.cli.target import LogLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_logs.type_defs import (
        FilteredLogEventTypeDef,
        LiveTailSessionLogEventTypeDef,
        StartLiveTailResponseStreamTypeDef,
    )

    from django_cdk.cli.console import Console

    from .application import EcsApplication
    from .process import EcsProcess

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
_GROUPS_OF_A_TAIL = 10
_SAMPLED = "More than 500 lines a second: Live Tail leaves some out; django-cdk logs has them all."
_BETWEEN_LOOKS = 2.0
# A line reaches CloudWatch Logs seconds after it was written.
_LATE = timedelta(seconds=15)
_MILLISECOND = timedelta(milliseconds=1)
_SHORT_ID = 8


def history(
    application: EcsApplication, labels: Sequence[str], since: datetime
) -> Iterator[LogLine]:
    """What the processes have logged, merged by time."""
    each = (_history_of(application, application.processes[label], since) for label in labels)
    return heapq.merge(*each, key=lambda line: line.time)


def follow(
    application: EcsApplication, labels: Sequence[str], since: datetime, console: Console
) -> Iterator[LogLine]:
    """History and what comes, without an end: by Live Tail, or by looking again and again."""
    tail = _LiveTail(application, labels)
    while True:
        problem = tail.open()
        if problem:
            console.note(f"Looking every {_BETWEEN_LOOKS:.0f} s, without Live Tail: {problem}")
            yield from _look_again(application, labels, since)
        # The tail is open already: what comes while history is read stands in both.
        shown: Counter[LogLine] = Counter()
        for line in history(application, labels, since):
            shown[line] += 1
            yield line
        for line in tail.lines(console):
            if shown[line]:
                shown[line] -= 1
                continue
            since = max(since, line.time + _MILLISECOND)
            yield line
        # After three hours AWS ends a session.
        time.sleep(_BETWEEN_LOOKS)


class _LiveTail:
    """A session of CloudWatch Live Tail over the log groups of some processes."""

    def __init__(self, application: EcsApplication, labels: Sequence[str]) -> None:
        self._application = application
        self._by_group: Mapping[str, EcsProcess] = {
            application.processes[label].log_group: application.processes[label] for label in labels
        }
        self._stream: Iterable[StartLiveTailResponseStreamTypeDef] = ()
        self._warned = False

    def open(self) -> str:
        """Begins a session.

        :return: why there can be none; empty: it stands.
        """
        if len(self._by_group) > _GROUPS_OF_A_TAIL:
            return f"it takes {_GROUPS_OF_A_TAIL} processes at most."
        # arn:aws:cloudformation:REGION:ACCOUNT:stack/...
        _, partition, _, region, account, *_ = self._application.stack.id.split(":")
        arns = [
            f"arn:{partition}:logs:{region}:{account}:log-group:{group}" for group in self._by_group
        ]
        try:
            answer = self._application.cloudwatch_logs.start_live_tail(logGroupIdentifiers=arns)
        except EndpointConnectionError as error:
            return str(error)
        except ClientError as error:
            if is_denied(error):
                return "logs:StartLiveTail is not allowed."
            return f"{code_of(error)}."
        self._stream = answer["responseStream"]
        return ""

    def lines(self, console: Console) -> Iterator[LogLine]:
        """What comes, until the session ends."""
        try:
            for update in self._stream:
                session = update.get("sessionUpdate", {})
                if session.get("sessionMetadata", {}).get("sampled") and not self._warned:
                    self._warned = True
                    console.warn(_SAMPLED)
                for event in session.get("sessionResults", []):
                    yield from self._lines_of(event)
        except (EventStreamError, ReadTimeoutError, ConnectionClosedError):
            return

    def _lines_of(self, event: LiveTailSessionLogEventTypeDef) -> Iterator[LogLine]:
        # The identifier is ACCOUNT:NAME or an ARN.
        group = event.get("logGroupIdentifier", "").rpartition(":")[2]
        process = self._by_group.get(group)
        if process is not None and _is_of(process, event.get("logStreamName", "")):
            yield from _lines(process, event)


def _look_again(
    application: EcsApplication, labels: Sequence[str], since: datetime
) -> Iterator[LogLine]:
    """What comes, by one question for each process every two seconds."""
    seen: dict[str, datetime] = {}
    while True:
        found: list[LogLine] = []
        for label in labels:
            process = application.processes[label]
            for event in _events(application, process, since):
                if event["eventId"] not in seen:
                    seen[event["eventId"]] = _time(event)
                    found += _lines(process, event)
        yield from sorted(found, key=lambda line: line.time)
        since = max(since, *(line.time - _LATE for line in found)) if found else since
        seen = {id_: when for id_, when in seen.items() if when >= since}
        time.sleep(_BETWEEN_LOOKS)


def _history_of(
    application: EcsApplication, process: EcsProcess, since: datetime
) -> Iterator[LogLine]:
    for event in _events(application, process, since):
        yield from _lines(process, event)


def _events(
    application: EcsApplication, process: EcsProcess, since: datetime
) -> Iterator[FilteredLogEventTypeDef]:
    paginator = application.cloudwatch_logs.get_paginator("filter_log_events")
    pages = paginator.paginate(
        logGroupName=process.log_group,
        logStreamNamePrefix=f"{process.stream_prefix}/",
        startTime=int(since.timestamp() * 1000),
    )
    try:
        for page in pages:
            yield from page["events"]
    except ClientError as error:
        # Somebody deleted the log group: there is nothing to show.
        if code_of(error) != "ResourceNotFoundException":
            raise


def _is_of(process: EcsProcess, stream: str) -> bool:
    return stream.startswith(f"{process.stream_prefix}/")


def _lines(
    process: EcsProcess, event: FilteredLogEventTypeDef | LiveTailSessionLogEventTypeDef
) -> list[LogLine]:
    source = event.get("logStreamName", "").rpartition("/")[2][:_SHORT_ID]
    when = _time(event)
    return [
        LogLine(time=when, process=process.label, source=source, text=text)
        for text in event.get("message", "").splitlines()
    ]


def _time(event: FilteredLogEventTypeDef | LiveTailSessionLogEventTypeDef) -> datetime:
    return datetime.fromtimestamp(event.get("timestamp", 0) / 1000, tz=UTC)
