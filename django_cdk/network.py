"""The network of an application: a VPC with the tiers it needs, or the user's own, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import aws_cdk.aws_ec2 as ec2
from constructs import Construct

from .errors import OptionError, check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .environment import Value

Nat = Literal["gateway", "gateway_per_zone", "instance", "none"]

# Smallest Graviton instance: carries the traffic of small teams for about a tenth of a gateway.
_NAT_INSTANCE_TYPE = "t4g.nano"
# The root device of Amazon Linux images.
_ROOT_DEVICE = "/dev/xvda"


class ApplicationVpc(Construct):
    """A VPC over two zones with public, private and isolated subnets, IPv4 and IPv6.

    :param nat: how private subnets reach the internet, a choice of cost: ``gateway`` (one for all
        zones), ``gateway_per_zone`` (survives the loss of a zone), ``instance`` (a ``t4g.nano``,
        cheapest; replaced by hand when it fails, and by a deployment when AWS has a newer image,
        which is a short outage and a new address), ``none`` (no private subnets: tasks run in
        public ones with public addresses and closed security groups).
    :param cidr: IPv4 range of the VPC.
    :raises OptionError: for an unknown ``nat``.
    """

    def __init__(
        self, scope: Construct, id: str, *, nat: Nat = "gateway", cidr: str = "10.0.0.0/16"
    ) -> None:
        super().__init__(scope, id)
        check_choice("nat", nat, get_args(Nat))
        provider = _nat_instance() if nat == "instance" else None
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            ip_protocol=ec2.IpProtocol.DUAL_STACK,
            max_azs=2,
            nat_gateways={"gateway_per_zone": 2, "none": 0}.get(nat, 1),
            nat_gateway_provider=provider,
            subnet_configuration=_tiers(private=nat != "none"),
            restrict_default_security_group=True,
            # Image layers and static files travel over S3: the endpoint keeps them off the NAT.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        if provider is not None:
            provider.connections.allow_from(
                ec2.Peer.ipv4(self.vpc.vpc_cidr_block),
                ec2.Port.all_traffic(),
                "private subnets to the internet",
            )
            _encrypt_disks(provider)


def _tiers(*, private: bool) -> Sequence[ec2.SubnetConfiguration]:
    tiers = (
        ("Public", ec2.SubnetType.PUBLIC),
        ("Private", ec2.SubnetType.PRIVATE_WITH_EGRESS),
        ("Isolated", ec2.SubnetType.PRIVATE_ISOLATED),
    )
    return [
        ec2.SubnetConfiguration(
            name=name,
            subnet_type=kind,
            cidr_mask=20,
            map_public_ip_on_launch=False if kind is ec2.SubnetType.PUBLIC else None,
            # The range stays set aside, so that another choice of NAT moves no other subnet.
            reserved=not private and kind is ec2.SubnetType.PRIVATE_WITH_EGRESS,
        )
        for name, kind in tiers
    ]


def _nat_instance() -> ec2.NatInstanceProviderV2:
    return ec2.NatProvider.instance_v2(
        instance_type=ec2.InstanceType(_NAT_INSTANCE_TYPE),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(
            cpu_type=ec2.AmazonLinuxCpuType.ARM_64
        ),
        # The provider's default opens the instance to the whole internet.
        default_allowed_traffic=ec2.NatTrafficDirection.OUTBOUND_ONLY,
        associate_public_ip_address=True,
    )


def _encrypt_disks(provider: ec2.NatInstanceProviderV2) -> None:
    # The provider has no option for it, and an account's default may be off.
    for gateway in provider.gateway_instances:
        gateway.instance.block_device_mappings = [
            ec2.CfnInstance.BlockDeviceMappingProperty(
                device_name=_ROOT_DEVICE,
                ebs=ec2.CfnInstance.EbsProperty(encrypted=True, volume_type="gp3"),
            )
        ]


class Placement:
    """Where in a VPC each kind of resource goes.

    :param vpc: the VPC.
    :param public_tasks: tasks run in public subnets with public addresses.
    :raises OptionError: the VPC lacks a tier, naming it.
    """

    def __init__(self, vpc: ec2.IVpc, *, public_tasks: bool = False) -> None:
        if not public_tasks and not vpc.private_subnets:
            raise OptionError(
                "vpc",
                vpc.node.path,
                "it has no private subnets with a way to the internet, in which tasks run: add "
                'them, or pass nat="none" to run the tasks in its public subnets.',
            )
        if public_tasks and not vpc.public_subnets:
            raise OptionError(
                "vpc", vpc.node.path, 'it has no public subnets, in which nat="none" runs tasks.'
            )
        self._vpc = vpc
        #: Tasks have public addresses.
        self.assign_public_ip = public_tasks
        #: Where tasks run.
        self.tasks = ec2.SubnetSelection(
            subnet_type=ec2.SubnetType.PUBLIC
            if public_tasks
            else ec2.SubnetType.PRIVATE_WITH_EGRESS
        )

    @property
    def internal(self) -> ec2.SubnetSelection:
        """For an internal load balancer: never a public subnet.

        :raises OptionError: fewer than two such subnets.
        """
        return self._behind(
            isolated=not self._vpc.private_subnets, what="an internal load balancer"
        )

    @property
    def data(self) -> ec2.SubnetSelection:
        """For database and cache.

        :raises OptionError: fewer than two such subnets.
        """
        return self._behind(isolated=bool(self._vpc.isolated_subnets), what="database and cache")

    def _behind(self, *, isolated: bool, what: str) -> ec2.SubnetSelection:
        kind = ec2.SubnetType.PRIVATE_ISOLATED if isolated else ec2.SubnetType.PRIVATE_WITH_EGRESS
        subnets = self._vpc.isolated_subnets if isolated else self._vpc.private_subnets
        _need_two(self._vpc, len(subnets), "isolated or private", what)
        return ec2.SubnetSelection(subnet_type=kind)


def _need_two(vpc: ec2.IVpc, count: int, tier: str, what: str) -> None:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    if count < 2:
        raise OptionError(
            "vpc",
            vpc.node.path,
            f"it has {count or 'no'} {tier} {'subnet' if count == 1 else 'subnets'}, and {what} "
            "must stand in two, each in a zone of its own: add what is missing.",
        )


def vpc_values(vpc: ec2.IVpc) -> Mapping[str, Value]:
    """What the token of the network stands for; an imported VPC may not know its range."""
    try:
        return {"vpc_cidr": vpc.vpc_cidr_block}
    except RuntimeError:
        return {}


def check_public_tier(vpc: ec2.IVpc) -> None:
    """Refuses a VPC in which a public load balancer has no place.

    :raises OptionError: the VPC has fewer than two public subnets.
    """
    _need_two(vpc, len(vpc.public_subnets), "public", "a public load balancer")
