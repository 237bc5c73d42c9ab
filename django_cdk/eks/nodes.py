"""The machines of a cluster without Auto Mode: one managed node group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_eks_v2 as eks
from constructs import Construct

if TYPE_CHECKING:
    from django_cdk.app import CpuArchitecture

_AMI_TYPES = {
    "X86_64": eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
    "ARM64": eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
}
# Two nodes of this size carry the controllers and a small application; several types where Spot
# looks for spare capacity.
DEFAULT_INSTANCE_TYPES: Mapping[bool, Mapping[str, Sequence[str]]] = {
    False: {"X86_64": ("t3.large",), "ARM64": ("t4g.large",)},
    True: {
        "X86_64": ("t3.large", "t3a.large", "m5.large", "m6a.large"),
        "ARM64": ("t4g.large", "m6g.large", "m7g.large"),
    },
}
_DISK_GIB = 50


class Nodes(Construct):
    """A managed node group on Amazon Linux 2023: encrypted disks, IMDSv2, out of the pods' reach.

    :param cluster: its cluster.
    :param subnets: for the nodes.
    :param architecture: of their CPUs.
    :param instance_types: of the nodes; None: a default for the architecture.
    :param count: how many.
    :param spot: on spare capacity.
    :param pods_read_metadata: pods may ask the instance metadata service, as the CloudWatch agent
        does.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: eks.ICluster,
        subnets: ec2.SubnetSelection,
        architecture: CpuArchitecture,
        instance_types: Sequence[str] | None,
        count: int,
        spot: bool,
        pods_read_metadata: bool,
    ) -> None:
        super().__init__(scope, id)
        #: How each node is made.
        self.template = ec2.LaunchTemplate(
            self,
            "Template",
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            # A pod is one hop further away than its node, whose role it must not take.
            http_put_response_hop_limit=2 if pods_read_metadata else 1,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        _DISK_GIB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )
        names = instance_types or DEFAULT_INSTANCE_TYPES[spot][architecture]
        #: The managed node group.
        self.group = eks.Nodegroup(
            self,
            "Group",
            cluster=cluster,
            subnets=subnets,
            ami_type=_AMI_TYPES[architecture],
            instance_types=[ec2.InstanceType(name) for name in names],
            capacity_type=eks.CapacityType.SPOT if spot else eks.CapacityType.ON_DEMAND,
            min_size=count,
            desired_size=count,
            max_size=count,
            launch_template_spec=eks.LaunchTemplateSpec(
                id=str(self.template.launch_template_id),
                version=self.template.latest_version_number,
            ),
        )
