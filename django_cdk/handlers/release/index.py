"""The Lambda door: `release.index.on_event` and `release.index.is_complete`.

Both belong to one CDK provider (`custom_resources.Provider`, total timeout 1 h). Each needs one
minute of Lambda time. What their roles need, and no more (`<cluster>` is the cluster's name):

==============================  =============================================  ========  ===========
Action                          Resource; condition                            on_event  is_complete
==============================  =============================================  ========  ===========
`ecs:RunTask`                   `task-definition/<family>:*`;                  yes       yes
                                `ArnEquals ecs:cluster`
`ecs:TagResource`               `task/<cluster>/*`;                            yes       yes
                                `StringEquals ecs:CreateAction RunTask`
`iam:PassRole`                  task role and execution role; `StringEquals    yes       yes
                                iam:PassedToService ecs-tasks.amazonaws.com`
`ecs:ListTasks`                 `*`; `ArnEquals ecs:cluster`                   yes       yes
`cloudformation:DescribeStacks` this stack (`AWS::StackId`)                    yes       yes
`ecs:DescribeTasks`             `task/<cluster>/*`                             yes       yes
`ecs:StopTask`                  `task/<cluster>/*`                             no        yes
`logs:GetLogEvents`             `log-group:<group>:log-stream:<prefix>/*`      no        yes
==============================  =============================================  ========  ===========

`ecs:ListTasks` names no task or cluster as its resource (its only resource type is the container
instance, of which Fargate has none), so the cluster condition is what narrows it, as in AWS's own
example: Amazon ECS developer guide, "List and describe task examples". `ecs:TagResource` is for
`propagateTags`: tags set while a task is created are authorized as that action.

Never logged or returned: the request's `ResponseURL`, which lets its holder answer CloudFormation.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from . import release
from .clients import CloudFormation, Ecs, Logs, SystemClock, World
from .faults import ReleaseError
from .request import Request
from .response import clip, room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logging.getLogger(__package__).setLevel(logging.INFO)

# A call that stays unanswered ends the poll, and at most one more reads the log. Both together stay
# below the function's minute: 2 x (3 x (2 + 5) s + 3 s of back-off). The next poll tries again.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)


def on_event(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Starts the release command, if it is to run. Called once per CloudFormation request."""
    return answer(release.begin, event, world())


def is_complete(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Tells whether the release command has ended. Called every few seconds until it has."""
    return answer(release.poll, event, world())


def answer(
    step: Callable[[Request, World], dict[str, Any]], event: Mapping[str, Any], world: World
) -> dict[str, Any]:
    """Runs one step; whatever it raises reaches CloudFormation within the size it accepts."""
    request = Request.from_event(event)
    try:
        return step(request, world)
    except Exception as error:
        is_expected = isinstance(error, (ReleaseError, ValueError))
        text = str(error) if is_expected else f"{type(error).__name__}: {error}"
        printable = text.encode("utf-8", "replace").decode()
        raise ReleaseError(clip(printable, room(request))) from error


@functools.cache
def world() -> World:
    """AWS and the system clock, once per Lambda instance."""
    return World(
        ecs=cast("Ecs", boto3.client("ecs", config=_CONFIG)),
        logs=cast("Logs", boto3.client("logs", config=_CONFIG)),
        cloudformation=cast("CloudFormation", boto3.client("cloudformation", config=_CONFIG)),
        clock=SystemClock(),
    )
