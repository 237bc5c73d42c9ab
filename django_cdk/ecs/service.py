"""Workers and beat: Fargate services without a door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ecs as ecs
from constructs import Construct

from .scaling import scale

if TYPE_CHECKING:
    from django_cdk.process import Process

    from .tasks import ApplicationTasks


class BackgroundService(Construct):
    """A worker or beat as a service.

    Beat is a true singleton: its old task stops before the new one starts.

    :param tasks: what all tasks share.
    :param process: the worker or beat.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        process: Process,
    ) -> None:
        super().__init__(scope, id)
        singleton = process.kind == "beat"
        self.task = tasks.define(self, process)
        #: The ECS service.
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=tasks.cluster,
            task_definition=self.task.definition,
            security_groups=[tasks.security_group],
            vpc_subnets=tasks.placement.tasks,
            assign_public_ip=tasks.placement.assign_public_ip,
            desired_count=process.scaling.min_count if process.scaling else 1,
            min_healthy_percent=0 if singleton else 100,
            max_healthy_percent=100 if singleton else 200,
            # Rebalancing starts the new task before it stops the old one.
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.DISABLED
            if singleton
            else None,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)
            ]
            if process.spot
            else None,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
            enable_execute_command=tasks.exec_enabled,
        )
        #: The scalable number of tasks; None when it is fixed.
        self.scaling = scale(self.service, process.scaling) if process.scaling else None
