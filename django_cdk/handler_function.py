"""The library's own Lambda code as functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk.aws_iam as iam
import aws_cdk.aws_lambda as lambda_
import aws_cdk.aws_logs as logs
from aws_cdk import Duration, IgnoreMode, RemovalPolicy
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_ec2 as ec2

_HANDLERS = Path(__file__).parent / "handlers"


class HandlerFunction(Construct):
    """One door of a package in ``handlers/`` as a Lambda function with its log group.

    :param handler: ``package.module.function``.
    :param description: what it does, for people who meet it in the console.
    :param timeout: after which Lambda ends it.
    :param memory_mib: its memory in MiB.
    :param vpc: it stands in this VPC, and then reaches nothing of AWS but what is in it or has a
        way there. Default: in none.
    :param vpc_subnets: the subnets there.
    :param security_group: its security group there.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        description: str,
        timeout: Duration,
        memory_mib: int = 256,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_group: ec2.ISecurityGroup | None = None,
    ) -> None:
        super().__init__(scope, id)
        log_group = handler_logs(self, "Logs")
        package = handler.partition(".")[0]
        role = handler_role(self, "Role", log_group)
        if vpc is not None:
            _allow_network_interfaces(role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler=handler,
            code=lambda_.Code.from_asset(
                str(_HANDLERS),
                # The package alone: a change to another one is not this function's.
                exclude=["/*", f"!/{package}", "__pycache__"],
                ignore_mode=IgnoreMode.GIT,
            ),
            timeout=timeout,
            memory_size=memory_mib,
            description=description,
            log_group=log_group,
            role=role,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            security_groups=[security_group] if security_group else None,
            # It has no public address there, and none that calls it needs one.
            allow_public_subnet=vpc is not None or None,
        )


def handler_logs(scope: Construct, id: str) -> logs.LogGroup:
    """Logs of the library's own functions: a month, and gone with the stack."""
    return logs.LogGroup(
        scope,
        id,
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )


def handler_role(scope: Construct, id: str, log_group: logs.LogGroup) -> iam.Role:
    """Role of a function that may write its own logs and, until more is granted, nothing else.

    The managed policy that the CDK would attach may write every log group of the account.
    """
    role = iam.Role(scope, id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group.grant_write(role)
    return role


def allow(
    function: lambda_.Function,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Any] | None = None,
) -> None:
    """Lets a function do this, and no more."""
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )


def _allow_network_interfaces(role: iam.Role) -> None:
    """With its function's role Lambda makes the interfaces that lead into the VPC.

    No narrower resource works for all of them; the function's own code may be kept from AWS by
    its security group.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            ],
            resources=["*"],
        )
    )
