"""Names of what CloudFront keeps once for an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Names, Stack

if TYPE_CHECKING:
    from constructs import Construct

# The shortest limit: functions, origin access controls and VPC origins.
_MOST = 64
_LONGEST_REGION = len("ap-southeast-1")


def edge_name(scope: Construct, id: str) -> str:
    """A name for the child of a construct that no other stack of the account has.

    The CDK's own names know the path alone; the same stack in two regions, or deployed twice under
    two stack names, would collide.
    """
    room = _MOST - _LONGEST_REGION - len(id) - len("--")
    unique = Names.unique_resource_name(scope, max_length=room, separator="-")
    return f"{Stack.of(scope).region}-{unique}-{id}"
