"""The last lines that a task wrote to CloudWatch Logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .faults import LaterError, RefusedError, asking

if TYPE_CHECKING:
    from .clients import Clock, Logs

EVENTS = 100
"""Log events read at most, from the end: more than the answer to CloudFormation can hold."""

_TRIES = 3
_PAUSE = 1.0
"""Seconds between tries: a line reaches CloudWatch Logs a moment after it was written."""

# Colours and cursor moves (CSI), window titles and links (OSC), two-character escapes.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def read_tail(logs: Logs, *, clock: Clock, group: str, stream: str) -> list[str]:
    """The stream's last lines as plain text, or one line that says why there are none.

    Never raises for a log that can't be read: the caller has a worse failure to report.
    """
    problem = ""
    for attempt in range(_TRIES):
        if attempt:
            clock.sleep(_PAUSE)
        try:
            events = _last_events(logs, group, stream)
        except (LaterError, RefusedError) as error:
            problem = str(error)
            # Only a stream can still appear; botocore has tried everything else again already.
            if "ResourceNotFound" not in problem:
                break
        else:
            problem = "the stream is empty"
            if events:
                return [line for event in events for line in plain_lines(event["message"])]
    return [f"(no log lines: {problem})"]


def plain_lines(message: str) -> list[str]:
    """A log event's text as a terminal would leave it, without colours and control characters."""
    text = _ESCAPES.sub("", message.encode("utf-8", "replace").decode())
    lines = text.replace("\t", "    ").split("\n")
    # A progress bar rewrites its line after each carriage return; the last state is what counts.
    shown = (_CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2]).rstrip() for line in lines)
    return [line for line in shown if line]


def _last_events(logs: Logs, group: str, stream: str) -> list[dict[str, Any]]:
    page = _page(logs, logGroupName=group, logStreamName=stream)
    # An empty page does not mean an empty stream; one step back finds what is there.
    if not page["events"] and page.get("nextBackwardToken"):
        token = page["nextBackwardToken"]
        page = _page(logs, logGroupName=group, logStreamName=stream, nextToken=token)
    events: list[dict[str, Any]] = page["events"]
    return events


def _page(logs: Logs, **request: str) -> dict[str, Any]:
    with asking("logs:GetLogEvents"):
        return logs.get_log_events(**request, limit=EVENTS, startFromHead=False)
