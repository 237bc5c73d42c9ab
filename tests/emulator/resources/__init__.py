"""Resource types of CloudFormation that ministack lacks or makes otherwise than AWS.

A module for each service. To add a type: write its create and delete (update, where AWS updates in
place) with boto3 against the emulator, `register` it in the module's `install()`, and list the
module here. The docstring says what AWS does, and what ministack does instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.emulator.resources import (
    application_autoscaling,
    ec2_addresses,
    ec2_network,
    ec2_security_groups,
    ecs,
    elasticache,
    rds,
    s3,
    secretsmanager,
)

INSTALL: Sequence[Callable[[], None]] = (
    application_autoscaling.install,
    ec2_addresses.install,
    ec2_network.install,
    ec2_security_groups.install,
    ecs.install,
    elasticache.install,
    rds.install,
    s3.install,
    secretsmanager.install,
)


def install() -> None:
    """Gives all of them to ministack."""
    for one in INSTALL:
        one()
