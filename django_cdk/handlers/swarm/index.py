"""The Lambda door: `swarm.index.on_event` and `swarm.index.is_complete`.

Both belong to one CDK provider (`custom_resources.Provider`, total timeout 1 h). What their roles
need, and no more:

==============================  ============================================  ========  ===========
Action                          Resource                                      on_event  is_complete
==============================  ============================================  ========  ===========
`ssm:SendCommand`               the update document, the instance             yes       no
`cloudformation:DescribeStacks` this stack (`AWS::StackId`)                   yes       no
`ssm:GetCommandInvocation`      `*` (it knows no resource)                    no        yes
==============================  ============================================  ========  ===========
"""

from __future__ import annotations

import functools
import logging
import time
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from . import update
from .world import CloudFormation, Ssm, World

if TYPE_CHECKING:
    from collections.abc import Mapping

logging.getLogger(__package__).setLevel(logging.INFO)

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)


def on_event(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Starts the update, if there is one. Called once per CloudFormation request."""
    return update.begin(event, world())


def is_complete(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Tells whether the update has ended. Called every few seconds until it has."""
    return update.poll(event, world())


@functools.cache
def world() -> World:
    """AWS and the system clock, once per Lambda instance."""
    return World(
        ssm=cast("Ssm", boto3.client("ssm", config=_CONFIG)),
        cloudformation=cast("CloudFormation", boto3.client("cloudformation", config=_CONFIG)),
        sleep=time.sleep,
    )
