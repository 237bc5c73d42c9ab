"""Elastic IP addresses and NAT gateways.

AWS: an EIP's Ref is its address; a NAT gateway needs an allocation. ministack 1.5.33 has the API
and none of the resource types.
"""

from __future__ import annotations

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, register


def _create_eip(_logical_id: str, properties: Properties, _stack: str) -> Made:
    ec2 = client("ec2")
    made = ec2.allocate_address(Domain="vpc")
    if properties.get("Tags"):
        ec2.create_tags(Resources=[made["AllocationId"]], Tags=properties["Tags"])
    if properties.get("InstanceId"):
        ec2.associate_address(
            AllocationId=made["AllocationId"], InstanceId=properties["InstanceId"]
        )
    return made["PublicIp"], {name: made[name] for name in ("AllocationId", "PublicIp")}


def _delete_eip(address: str, _properties: Properties) -> None:
    ec2 = client("ec2")
    for one in ec2.describe_addresses()["Addresses"]:
        if one["PublicIp"] == address:
            if one.get("AssociationId"):
                ec2.disassociate_address(AssociationId=one["AssociationId"])
            ec2.release_address(AllocationId=one["AllocationId"])


def _create_nat_gateway(_logical_id: str, properties: Properties, _stack: str) -> Made:
    ec2 = client("ec2")
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    wanted = {name: properties[name] for name in names if name in properties}
    gateway = ec2.create_nat_gateway(**wanted)["NatGateway"]["NatGatewayId"]
    if properties.get("Tags"):
        ec2.create_tags(Resources=[gateway], Tags=properties["Tags"])
    return gateway, {"NatGatewayId": gateway}


def _delete_nat_gateway(gateway: str, _properties: Properties) -> None:
    client("ec2").delete_nat_gateway(NatGatewayId=gateway)


def install() -> None:
    """Gives the types to ministack."""
    register("AWS::EC2::EIP", create=_create_eip, delete=_delete_eip)
    register("AWS::EC2::NatGateway", create=_create_nat_gateway, delete=_delete_nat_gateway)
