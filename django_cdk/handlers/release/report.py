"""The messages with which a release fails: what happened, what to do, the log's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import ReleaseError
from .log_tail import read_tail
from .response import clip, cost, last_lines, room

if TYPE_CHECKING:
    from .clients import World
    from .command import ReleaseCommand
    from .request import Request
    from .task import Task


class Report:
    """Fails one command for one request, within the size that CloudFormation accepts."""

    def __init__(self, request: Request, command: ReleaseCommand, world: World) -> None:
        self._command = command
        self._world = world
        self._room = room(request)

    def failed(self, task: Task, *, summary: str, remedy: str) -> ReleaseError:
        """The command's task ended badly, or was ended: with the last lines of its log."""
        command, world = self._command, self._world
        stream = command.log_stream(task["taskArn"])
        said = clip(f"{command.title} {summary}", self._room // 2)
        head = "\n".join(filter(None, (f"{said}.", remedy)))
        head += f"\nTask log: {command.log_group} {stream}\n"
        lines = read_tail(world.logs, clock=world.clock, group=command.log_group, stream=stream)
        return ReleaseError(head + last_lines(lines, self._room - cost(head)))

    def vanished(self, task_arn: str) -> ReleaseError:
        """ECS started the task but knows nothing of it any more."""
        return ReleaseError(
            f"{self._command.title} has no known end: its task {task_arn} vanished from the"
            f" cluster. See in its log ({self._command.log_group}"
            f" {self._command.log_stream(task_arn)}) and in the database how far it came, then"
            " deploy again."
        )

    def never_started(self, *, waited: float, reason: str) -> ReleaseError:
        """AWS had no room, or gave no answer, for as long as the command may take."""
        return ReleaseError(
            f"{self._command.title} did not run: in {round(waited)} seconds no task could be"
            " started, because AWS had no capacity or answered no request"
            f"{f' ({reason})' if reason else ''}. Deploy again later, give subnets in more zones,"
            " or raise the account's Fargate quota."
        )
