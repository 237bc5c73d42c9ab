"""How an application is: plain values, for the table and for ``status --json``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that AWS or Kubernetes says about a process.

    :param time: when.
    :param text: in their words.
    """

    time: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class ProcessStatus:
    """A long-running process.

    :param name: its label: ``web``, ``worker:celery``, ``beat``.
    :param running: tasks or pods that run.
    :param desired: that should.
    :param pending: that are being started.
    :param rollout: ``completed``, ``in progress``, ``failed``; or ``unknown``.
    :param reason: why the rollout is so, in AWS's words; empty: nothing to say.
    :param images: digests (or, where unknown, names) of the images that run.
    :param events: the last ones, newest first.
    """

    name: str
    running: int
    desired: int
    pending: int
    rollout: str
    reason: str = ""
    images: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """As many run as should, and no rollout has failed."""
        return self.running >= self.desired and self.rollout != "failed"


@dataclass(frozen=True, kw_only=True)
class ReleaseResult:
    """The last run of a release command.

    :param name: its name: ``migrate``.
    :param command: its words.
    :param result: ``succeeded``, ``failed``, ``running``, or ``skipped`` after another had failed.
    :param time: when it ended, or began to run.
    :param reason: why it failed: the end of its output.
    """

    name: str
    command: list[str]
    result: str
    time: datetime | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """A web task or pod, as the load balancer sees it.

    :param target: its address.
    :param state: ``healthy``, ``unhealthy``, ``initial``, ``draining``, ``unused``.
    :param reason: why it is not healthy.
    """

    target: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AlarmStatus:
    """A CloudWatch alarm.

    :param name: its name.
    :param state: ``OK``, ``ALARM``, ``INSUFFICIENT_DATA``.
    :param description: what it means.
    """

    name: str
    state: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """An application.

    :param app: its name.
    :param target: ``ecs`` or ``eks``.
    :param stack: name of its CloudFormation stack.
    :param stack_status: as CloudFormation says it.
    :param changed_at: when the stack was last changed.
    :param region: of the stack.
    :param url: of the application; None: it has none.
    :param processes: the long-running processes.
    :param release: the release commands.
    :param targets: what the load balancer sees.
    :param alarms: of the application.
    """

    app: str
    target: str
    stack: str
    stack_status: str
    changed_at: datetime
    region: str
    url: str | None
    processes: list[ProcessStatus]
    release: list[ReleaseResult]
    targets: list[TargetHealth]
    alarms: list[AlarmStatus]

    @property
    def problems(self) -> list[str]:
        """What is not as it should be, in a few words each."""
        return [
            *([f"the stack is {self.stack_status}"] if "FAILED" in self.stack_status else []),
            *(
                f"{one.name} runs {one.running} of {one.desired}"
                + (", its rollout failed" if one.rollout == "failed" else "")
                for one in self.processes
                if not one.well
            ),
            *(f"{one.name} failed" for one in self.release if one.result == "failed"),
            *(f"target {one.target} is {one.state}" for one in self.targets if _is_bad(one.state)),
            *(f"alarm {one.name}" for one in self.alarms if one.state == "ALARM"),
        ]

    def as_json(self) -> dict[str, Any]:
        """Its fields, ``healthy`` and ``problems``; times as ISO 8601."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return {**plain, "healthy": not self.problems, "problems": self.problems}


def _is_bad(state: str) -> bool:
    return state in ("unhealthy", "unavailable")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
