"""ECS Exec: a shell in a running task, encrypted with a key of its own and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_iam as iam
import aws_cdk.aws_kms as kms
import aws_cdk.aws_logs as logs
from aws_cdk import ArnFormat, Stack
from constructs import Construct

if TYPE_CHECKING:
    from django_cdk.removal import Removal


class ExecSessions(Construct):
    """Key and log group of the Exec sessions of a cluster.

    :param log_retention: how long what was typed and shown is kept.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self, scope: Construct, id: str, *, log_retention: logs.RetentionDays, removal: Removal
    ) -> None:
        super().__init__(scope, id)
        #: Encrypts sessions and their log.
        self.key = kms.Key(
            self,
            "Key",
            description=f"ECS Exec sessions of {scope.node.path}",
            enable_key_rotation=True,
            removal_policy=removal.other,
        )
        self._let_logs_use_key()
        #: What was typed and answered.
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            encryption_key=self.key,
            retention=log_retention,
            removal_policy=removal.other,
        )

    @property
    def configuration(self) -> ecs.ExecuteCommandConfiguration:
        """For the cluster."""
        return ecs.ExecuteCommandConfiguration(
            kms_key=self.key,
            log_configuration=ecs.ExecuteCommandLogConfiguration(
                cloud_watch_log_group=self.log_group, cloud_watch_encryption_enabled=True
            ),
            logging=ecs.ExecuteCommandLogging.OVERRIDE,
        )

    def _let_logs_use_key(self) -> None:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        stack = Stack.of(self)
        groups = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )


def exec_command(*, cluster: str, service: str, container: str, region: str) -> str:
    """The complete line that opens a shell in a running task of a service."""
    task = (
        f"$(aws ecs list-tasks --region {region} --cluster {cluster} --service-name {service} "
        "--desired-status RUNNING --query 'taskArns[0]' --output text)"
    )
    return (
        f"aws ecs execute-command --region {region} --cluster {cluster} --task {task} "
        f"--container {container} --interactive --command /bin/sh"
    )
