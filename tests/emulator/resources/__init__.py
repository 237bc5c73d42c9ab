"""Resource types of CloudFormation that ministack lacks or makes otherwise than AWS.

A module for each service. To add a type: write its create and delete (update, where AWS updates in
place) with boto3 against the emulator, `register` it in the module's `install()`, and list the
module here. The docstring says what AWS does, and what ministack does instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.emulator.machines import Machines
from tests.emulator.resources import (
    application_autoscaling,
    backup,
    cloudfront,
    ec2_addresses,
    ec2_machines,
    ec2_network,
    ec2_security_groups,
    ec2_volumes,
    ecs,
    eks,
    elasticache,
    elbv2,
    iam,
    rds,
    s3,
    secretsmanager,
    ssm,
    stack_outputs,
)

INSTALL: Sequence[Callable[[], None]] = (
    application_autoscaling.install,
    backup.install,
    cloudfront.install,
    ec2_addresses.install,
    ec2_network.install,
    ec2_security_groups.install,
    ec2_volumes.install,
    ecs.install,
    eks.install,
    elasticache.install,
    elbv2.install,
    iam.install,
    rds.install,
    s3.install,
    secretsmanager.install,
    stack_outputs.install,
)


def install(machines: Machines) -> None:
    """Gives all of them to ministack.

    :param machines: who plays EC2 instances.
    """
    for one in INSTALL:
        one()
    ec2_machines.install(machines)
    ssm.install(machines)
