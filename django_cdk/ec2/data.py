"""Where the data of the services lies, and its backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import aws_cdk.aws_backup as backup
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_efs as efs
import aws_cdk.aws_events as events
from aws_cdk import Duration, Size, Stack
from constructs import Construct, IDependable

if TYPE_CHECKING:
    from django_cdk.removal import Removal

DataStorage = Literal["ebs", "efs"]

# Any; EBS attaches it on Nitro instances under a name with the volume's id.
_DEVICE = "/dev/sdf"
# Before the working day in Europe and after it in America.
_BACKUP_HOUR = "3"


class DataVolume(Construct):
    """An encrypted disk of its own, which outlives the instance.

    Right for Postgres: a commit waits for the disk, which answers in a millisecond and is used by
    one machine alone. It lies in one availability zone.

    :param zone: availability zone, the instance's.
    :param size_gib: its size.
    :param removal: what stays when the stack is deleted; the default leaves a snapshot.
    """

    def __init__(
        self, scope: Construct, id: str, *, zone: str, size_gib: int, removal: Removal
    ) -> None:
        super().__init__(scope, id)
        #: The EBS volume.
        self.volume = ec2.Volume(
            self,
            "Volume",
            availability_zone=zone,
            size=Size.gibibytes(size_gib),
            encrypted=True,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            removal_policy=removal.database,
        )
        #: What the boot script mounts.
        self.source = self.volume.volume_id
        #: The volume, as AWS Backup names it.
        self.backup = backup.BackupResource.from_arn(
            Stack.of(self).format_arn(
                service="ec2", resource="volume", resource_name=self.volume.volume_id
            )
        )

    def attach(self, instance: ec2.Instance) -> list[IDependable]:
        """Attaches it; returns what must stand before the instance is ready."""
        attachment = ec2.CfnVolumeAttachment(
            self,
            "Attachment",
            device=_DEVICE,
            instance_id=instance.instance_id,
            volume_id=self.volume.volume_id,
        )
        return [attachment]


class DataFileSystem(Construct):
    """An encrypted EFS file system, as the original had.

    It survives the loss of a zone and needs no size. For Postgres it is the wrong place: NFS adds
    milliseconds to each commit, and a locked or lost mount stops the database.

    :param vpc: the network.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.IVpc, removal: Removal) -> None:
        super().__init__(scope, id)
        #: The EFS file system.
        self.file_system = efs.FileSystem(
            self,
            "FileSystem",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            encrypted=True,
            throughput_mode=efs.ThroughputMode.ELASTIC,
            # The plan of this stack makes the backups; AWS's automatic ones would be a second set.
            enable_automatic_backups=False,
            allow_anonymous_access=True,
            removal_policy=removal.other,
        )
        #: What the machine mounts.
        self.source = self.file_system.file_system_id
        #: The file system, as AWS Backup names it.
        self.backup = backup.BackupResource.from_efs_file_system(self.file_system)

    def attach(self, instance: ec2.Instance) -> list[IDependable]:
        """Lets the instance in; returns what must stand before it is ready."""
        self.file_system.connections.allow_default_port_from(instance, "data of the services")
        return [self.file_system.mount_targets_available]


class DataBackup(Construct):
    """A backup a day of the data, kept for some days.

    A snapshot is what the disk would hold after a power cut, from which Postgres starts.

    :param of: the data.
    :param days: days that each is kept.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        of: DataVolume | DataFileSystem,
        days: int,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        #: Where backups lie.
        self.vault = backup.BackupVault(self, "Vault", removal_policy=removal.other)
        #: When they are made, and how long they are kept.
        self.plan = backup.BackupPlan(
            self,
            "Plan",
            backup_vault=self.vault,
            backup_plan_rules=[
                backup.BackupPlanRule(
                    rule_name="Daily",
                    schedule_expression=events.Schedule.cron(hour=_BACKUP_HOUR, minute="0"),
                    start_window=Duration.hours(1),
                    completion_window=Duration.hours(6),
                    delete_after=Duration.days(days),
                )
            ],
        )
        self.plan.add_selection("Data", resources=[of.backup])
