"""What all tasks of an application share, and a Process as a Fargate task definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_iam as iam
import aws_cdk.aws_logs as logs
from aws_cdk import Duration
from constructs import Construct

from .sizes import check_size

if TYPE_CHECKING:
    from django_cdk.app import DjangoApp
    from django_cdk.backing import ApplicationEnvironment
    from django_cdk.health_check import HealthCheck
    from django_cdk.image import ApplicationImage
    from django_cdk.network import Placement
    from django_cdk.process import Process
    from django_cdk.removal import Removal

_ARCHITECTURES = {"X86_64": ecs.CpuArchitecture.X86_64, "ARM64": ecs.CpuArchitecture.ARM64}

# In-memory file systems are part of the task's memory; a quarter of the smallest task.
_TMPFS_MIB = 128


@dataclass(frozen=True, kw_only=True)
class DefinedTask:
    """A process as a task definition, and where its logs go.

    :param definition: the task definition; its one container is named after the process's kind.
    :param process: the process.
    :param log_group: where it logs, under the process's name as stream prefix.
    """

    definition: ecs.FargateTaskDefinition
    process: Process
    log_group: logs.LogGroup


class ApplicationTasks(Construct):
    """Roles, security group, logs and environment that all tasks of an application share.

    :param app: the application.
    :param cluster: where the tasks run.
    :param placement: the subnets they run in.
    :param image: their image.
    :param environment: their environment.
    :param log_retention: how long their logs are kept.
    :param exec_enabled: ECS Exec may enter them.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        cluster: ecs.ICluster,
        placement: Placement,
        image: ApplicationImage,
        environment: ApplicationEnvironment,
        log_retention: logs.RetentionDays,
        exec_enabled: bool,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        self.app = app
        self.cluster = cluster
        self.placement = placement
        self.image = image
        self.environment = environment
        self.log_retention = log_retention
        self.exec_enabled = exec_enabled
        self.removal = removal
        principal = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        #: Role of the code in the containers.
        self.task_role = iam.Role(self, "TaskRole", assumed_by=principal)
        #: Role with which ECS pulls the image, reads the secrets and writes the logs.
        self.execution_role = iam.Role(self, "ExecutionRole", assumed_by=principal)
        #: The one group of all tasks.
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=cluster.vpc,
            description=f"Tasks of {scope.node.path}",
            # In a dual-stack subnet a task has an IPv6 address and tries that way first.
            allow_all_ipv6_outbound=True,
        )

    @cached_property
    def subnet_ids(self) -> list[str]:
        """The subnets the tasks run in."""
        return self.cluster.vpc.select_subnets(
            subnet_type=self.placement.tasks.subnet_type
        ).subnet_ids

    @cached_property
    def _secrets(self) -> dict[str, ecs.Secret]:
        # Once for all tasks: each is a call to Node.
        return {
            name: ecs.Secret.from_secrets_manager(one.secret, one.field or None)
            for name, one in self.environment.secrets.items()
        }

    def define(self, scope: Construct, process: Process) -> DefinedTask:
        """The process as a task definition with one container, named after the process's kind."""
        check_size(process)
        log_group = logs.LogGroup(
            scope, "Logs", retention=self.log_retention, removal_policy=self.removal.logs
        )
        definition = ecs.FargateTaskDefinition(
            scope,
            "Task",
            cpu=process.size.cpu,
            memory_limit_mib=process.size.memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=_ARCHITECTURES[self.app.cpu_architecture],
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=self.task_role,
            execution_role=self.execution_role,
        )
        definition.add_container(
            process.kind,
            container_name=process.kind,
            image=self.image.container_image,
            command=None if process.command is None else list(process.command),
            environment=dict(self.environment.plain),
            secrets=self._secrets,
            docker_labels={
                f"django-cdk.{name}": value for name, value in self.environment.masked.items()
            }
            or None,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=process.name, log_group=log_group),
            port_mappings=[ecs.PortMapping(container_port=process.port)] if process.port else None,
            stop_timeout=Duration.seconds(process.stop_timeout),
            user=self.app.user,
            readonly_root_filesystem=self.app.read_only_root_filesystem,
            linux_parameters=self._linux_parameters(scope),
            health_check=_health_check(process.health_check),
        )
        return DefinedTask(definition=definition, process=process, log_group=log_group)

    def _linux_parameters(self, scope: Construct) -> ecs.LinuxParameters:
        # An init process hands signals on and reaps the zombies of forking servers and of Exec.
        parameters = ecs.LinuxParameters(scope, "Linux", init_process_enabled=True)
        if self.app.read_only_root_filesystem:
            parameters.add_tmpfs(
                *(
                    ecs.Tmpfs(
                        container_path=path,
                        size=_TMPFS_MIB,
                        mount_options=[ecs.TmpfsMountOption.RW, ecs.TmpfsMountOption.NOSUID],
                    )
                    for path in self.app.writable_paths
                )
            )
        return parameters


def _health_check(check: HealthCheck | None) -> ecs.HealthCheck | None:
    if check is None:
        return None
    return ecs.HealthCheck(
        command=["CMD", *check.command],
        interval=Duration.seconds(check.interval),
        timeout=Duration.seconds(check.timeout),
        retries=check.retries,
        start_period=Duration.seconds(check.start_period),
    )
