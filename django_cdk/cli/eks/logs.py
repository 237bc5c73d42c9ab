"""Logs of pods, through kubectl."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from django_cdk.cli.target import LogLine

from .objects import PROCESS, Object, label_of, name_of, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from .kubectl import Kubectl

_BETWEEN_LOOKS = 5.0


def history(kubectl: Kubectl, labels: Sequence[str], since: datetime) -> Iterator[LogLine]:
    """What the pods that still exist have logged, merged by time."""
    lines = [
        line
        for pod in _pods(kubectl, labels)
        for text in kubectl.attempt("logs", name_of(pod), *_options(since)).splitlines()
        if (line := _line(pod, text))
    ]
    yield from sorted(lines, key=lambda line: line.time)


def follow(kubectl: Kubectl, labels: Sequence[str], since: datetime) -> Iterator[LogLine]:
    """History, and what comes, also from pods that start later; without an end."""
    shown: dict[str, datetime] = {}
    for line in history(kubectl, labels, since):
        shown[line.source] = line.time
        yield line
    tails: dict[str, _Tail] = {}
    lines: queue.SimpleQueue[LogLine] = queue.SimpleQueue()
    try:
        while True:
            for pod in _pods(kubectl, labels):
                if name_of(pod) not in tails and _has_started(pod):
                    begin = shown.get(name_of(pod))
                    tails[name_of(pod)] = _Tail(kubectl, pod, begin or since, lines, after=begin)
            end = time.monotonic() + _BETWEEN_LOOKS
            while (left := end - time.monotonic()) > 0:
                try:
                    yield lines.get(timeout=left)
                except queue.Empty:
                    break
    finally:
        for tail in tails.values():
            tail.close()


class _Tail:
    """``kubectl logs --follow`` of one pod, read by a thread."""

    def __init__(
        self,
        kubectl: Kubectl,
        pod: Object,
        since: datetime,
        lines: queue.SimpleQueue[LogLine],
        *,
        after: datetime | None,
    ) -> None:
        self._pod, self._lines, self._after = pod, lines, after
        self._process = kubectl.start(
            "logs", name_of(pod), "--follow", *_options(since), stdout=subprocess.PIPE
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        for text in self._process.stdout or ():
            line = _line(self._pod, text.rstrip("\n"))
            if line and (self._after is None or line.time > self._after):
                self._lines.put(line)


def _options(since: datetime) -> tuple[str, ...]:
    when = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return ("--all-containers", "--timestamps", "--ignore-errors", f"--since-time={when}")


def _pods(kubectl: Kubectl, labels: Sequence[str]) -> list[Object]:
    pods = kubectl.get("pods", "--selector", PROCESS)["items"]
    return [pod for pod in pods if label_of(pod) in labels]


def _has_started(pod: Object) -> bool:
    status = pod.get("status", {})
    # The release runs in init containers.
    return status.get("phase") != "Pending" or bool(status.get("initContainerStatuses"))


def _line(pod: Object, text: str) -> LogLine | None:
    """None for what is no log line: kubectl's own words between them."""
    stamp, _, message = text.partition(" ")
    try:
        when = time_of(stamp)
    except ValueError:
        return None
    if when is None:
        return None
    return LogLine(time=when, process=label_of(pod), source=name_of(pod), text=message)
