"""The machine: an instance with a fixed address that is ready when the application answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_iam as iam
from aws_cdk import CfnCreationPolicy, CfnResourceSignal, CfnWaitCondition, Duration, Stack, Tags
from constructs import Construct, IDependable

from .acknowledged import acknowledge
from .machine_files import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_cdk.app import CpuArchitecture

    from .data import DataFileSystem, DataVolume
    from .machine_files import MachineFiles

_AMI = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}"
_CPUS = {"X86_64": "x86_64", "ARM64": "arm64"}
_ROOT_DEVICE = "/dev/xvda"

# What the agent of Systems Manager calls, for sessions and commands; the managed policy for it
# may read every parameter of the account too.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
_AGENT_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
)


class Door(Construct):
    """A fixed public address on a network interface of its own, and who is let in.

    The interface has its address before the instance starts, so that the first request to Let's
    Encrypt comes from where the domain points.

    :param vpc: the network.
    :param subnet: a public subnet.
    :param ssh_range: range from which SSH is let in; None: nobody.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        subnet: ec2.ISubnet,
        ssh_range: str | None,
    ) -> None:
        super().__init__(scope, id)
        #: Lets in 80 and 443, and SSH when asked.
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description=f"HTTP and HTTPS to {self.node.path}",
            allow_all_outbound=True,
        )
        for port, name in ((80, "HTTP"), (443, "HTTPS")):
            self.security_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), name)
        if ssh_range is not None:
            peer = ec2.Peer.ipv6(ssh_range) if ":" in ssh_range else ec2.Peer.ipv4(ssh_range)
            self.security_group.add_ingress_rule(peer, ec2.Port.SSH, "SSH")
        #: Stands before the instance, and keeps its address.
        self.interface = ec2.CfnNetworkInterface(
            self,
            "Interface",
            subnet_id=subnet.subnet_id,
            group_set=[self.security_group.security_group_id],
            description=f"Fixed address of {self.node.path}",
        )
        #: The fixed public address.
        self.address = ec2.CfnEIP(self, "Address", domain="vpc")
        # An address can't be given back while the way to the internet goes.
        self.address.node.add_dependency(subnet.internet_connectivity_established)
        #: Ties the two together.
        self.association = ec2.CfnEIPAssociation(
            self,
            "Association",
            allocation_id=self.address.attr_allocation_id,
            network_interface_id=self.interface.attr_id,
        )


class Machine(Construct):
    """The instance, its role, and what it does when it boots.

    :param door: its network interface.
    :param files: what cfn-init writes.
    :param packages: system packages beside docker.
    :param data: the data it mounts.
    :param boot_timeout: seconds until the application must answer.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        subnet: ec2.ISubnet,
        door: Door,
        role: iam.Role,
        files: MachineFiles,
        data: DataVolume | DataFileSystem,
        packages: Sequence[str],
        instance_type: str,
        cpu_architecture: CpuArchitecture,
        root_volume_gib: int,
        key_name: str | None,
        boot_timeout: int,
    ) -> None:
        super().__init__(scope, id)
        ami = _AMI.format(_CPUS[cpu_architecture])
        user_data = ec2.UserData.for_linux()
        #: The EC2 instance.
        self.instance = ec2.Instance(
            self,
            "Instance",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
            instance_type=ec2.InstanceType(instance_type),
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(ami),
            user_data=user_data,
            role=role,
            security_group=door.security_group,
            key_pair=ec2.KeyPair.from_key_pair_name(self, "KeyPair", key_name)
            if key_name
            else None,
            http_tokens=ec2.HttpTokens.REQUIRED,
            # Containers are one hop further, and ask for the role's credentials (S3) too.
            http_put_response_hop_limit=2,
            block_devices=[
                ec2.BlockDevice(
                    device_name=_ROOT_DEVICE,
                    volume=ec2.BlockDeviceVolume.ebs(
                        root_volume_gib,
                        encrypted=True,
                        volume_type=ec2.EbsDeviceVolumeType.GP3,
                    ),
                )
            ],
        )
        #: The L1 resource; its metadata hold what cfn-init does.
        self.resource = _only(self.instance.node.default_child, ec2.CfnInstance)
        self._launch(door, ami)
        #: Done when the application answers.
        self.ready = _ready(self, boot_timeout)
        init = _init(files, packages)
        init.attach(
            self.resource,
            instance_role=role,
            platform=ec2.OperatingSystemType.LINUX,
            user_data=user_data,
            config_sets=["boot"],
            # Else each new image would be new user data, which restart the machine.
            embed_fingerprint=False,
            signal_resource=self.ready,
        )
        # Not on the instance: it waits for its disk, which is attached when it stands.
        self.ready.node.add_dependency(self.instance, *data.attach(self.instance))
        Tags.of(self.instance).add("Name", self.node.path)

    def _launch(self, door: Door, ami: str) -> None:
        """Overrides what the L2 construct has no option for."""
        # In a launch template the image is looked up when an instance starts. As a parameter of
        # the stack each new Amazon Linux would replace the machine at the next deployment.
        template = ec2.CfnLaunchTemplate(
            self,
            "Launch",
            launch_template_data=ec2.CfnLaunchTemplate.LaunchTemplateDataProperty(
                image_id=f"resolve:ssm:{ami}"
            ),
        )
        acknowledge(template, "E1152", "EC2 looks the image up: resolve:ssm is a form it takes.")
        self.resource.add_property_deletion_override("ImageId")
        self.resource.launch_template = ec2.CfnInstance.LaunchTemplateSpecificationProperty(
            launch_template_id=template.ref, version=template.attr_latest_version_number
        )
        self.resource.add_property_deletion_override("SubnetId")
        self.resource.add_property_deletion_override("SecurityGroupIds")
        self.resource.network_interfaces = [
            ec2.CfnInstance.NetworkInterfaceProperty(
                device_index="0", network_interface_id=door.interface.attr_id
            )
        ]
        self.instance.node.add_dependency(door.association)

    def wait_for(self, *before: IDependable) -> None:
        """The instance starts after these."""
        self.instance.node.add_dependency(*before)


def machine_role(scope: Construct, id: str) -> iam.Role:
    """Role of the instance: Session Manager and commands, and until more is granted, no more."""
    role = iam.Role(scope, id, assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    stack = Stack.of(scope)
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["ssm:UpdateInstanceInformation"],
            resources=[
                stack.format_arn(service="ec2", resource="instance", resource_name="*"),
            ],
        )
    )
    # They know no resource.
    role.add_to_policy(iam.PolicyStatement(actions=list(_AGENT_ACTIONS), resources=["*"]))
    return role


def _init(files: MachineFiles, packages: Sequence[str]) -> ec2.CloudFormationInit:
    commands = [
        f"{DIRECTORY}/boot.sh prepare",
        f"{DIRECTORY}/deploy.sh",
        f"{DIRECTORY}/boot.sh wait",
    ]
    return ec2.CloudFormationInit.from_config_sets(
        config_sets={"boot": ["packages", "files", "start"], "update": ["files"]},
        configs={
            "packages": ec2.InitConfig([ec2.InitPackage.yum(name) for name in packages]),
            "files": ec2.InitConfig(files.elements()),
            "start": ec2.InitConfig(
                [ec2.InitCommand.shell_command(f"bash {command}") for command in commands]
            ),
        },
    )


def _ready(scope: Construct, timeout: int) -> CfnWaitCondition:
    condition = CfnWaitCondition(scope, "Ready")
    condition.cfn_options.creation_policy = CfnCreationPolicy(
        resource_signal=CfnResourceSignal(
            count=1, timeout=Duration.seconds(timeout).to_iso_string()
        )
    )
    return condition


def _only(child: object, kind: type[ec2.CfnInstance]) -> ec2.CfnInstance:
    assert isinstance(child, kind)  # noqa: S101 - what the CDK promises of an Instance
    return child
