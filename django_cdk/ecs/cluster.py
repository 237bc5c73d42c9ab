"""The ECS cluster of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ecs as ecs

if TYPE_CHECKING:
    import aws_cdk.aws_ec2 as ec2
    from constructs import Construct

    from .exec import ExecSessions


def make_cluster(
    scope: Construct,
    *,
    vpc: ec2.IVpc,
    container_insights: bool,
    exec_sessions: ExecSessions | None,
) -> ecs.Cluster:
    """A cluster that runs Fargate tasks, on spare capacity too."""
    cluster = ecs.Cluster(
        scope,
        "Cluster",
        vpc=vpc,
        container_insights_v2=ecs.ContainerInsights.ENABLED
        if container_insights
        else ecs.ContainerInsights.DISABLED,
        execute_command_configuration=exec_sessions.configuration if exec_sessions else None,
    )
    # In the cluster itself: the CDK's association beside it is made after the services that
    # need it, and refuses to go before them.
    resource = cluster.node.default_child
    resource.capacity_providers = ["FARGATE", "FARGATE_SPOT"]  # type: ignore[union-attr]
    return cluster
