"""Whether CloudFormation is taking the stack back rather than forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import asking

if TYPE_CHECKING:
    from .clients import CloudFormation


def is_taken_back(cloudformation: CloudFormation, stack_id: str) -> bool:
    """True while the stack rolls back or is deleted: the wrong moment for any release command.

    A rollback sends an Update with the previous image, and the previous code's `migrate` must not
    meet the newer schema. `..._ROLLBACK_COMPLETE` is no rollback any more but the state in which
    the next update begins (and may still be read from a stale answer while that update runs).
    """
    with asking("cloudformation:DescribeStacks"):
        status: str = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
    return status == "DELETE_IN_PROGRESS" or (
        "ROLLBACK" in status and status.endswith("_IN_PROGRESS")
    )
