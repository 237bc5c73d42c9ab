"""VPCs with IPv6: the address block, what the VPC tells of it, the egress-only gateway.

AWS gives a VPC a /56 of its own when asked to, after the VPC is made; Fn::GetAtt Ipv6CidrBlocks of
the VPC then has it. ministack 1.5.33 has no IPv6 block at all and forgets a VPC's CidrBlock.
"""

from __future__ import annotations

import secrets
from typing import Any

import ministack.services.ec2 as ec2_service
from ministack.services.cloudformation import provisioners

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, register, wrap

_BLOCKS = "Ipv6CidrBlocks"
# CloudFormation's own record of each VPC's attributes, so that a block that comes later shows.
_attributes: dict[str, dict[str, Any]] = {}


def _remember(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        vpc, attributes = original(logical_id, properties, stack)
        attributes |= {"CidrBlock": properties["CidrBlock"], _BLOCKS: []}
        _attributes[vpc] = attributes
        return vpc, attributes

    return create


def _create_block(_logical_id: str, properties: Properties, _stack: str) -> Made:
    vpc = properties["VpcId"]
    if str(properties.get("AmazonProvidedIpv6CidrBlock")).lower() != "true":
        message = "only AmazonProvidedIpv6CidrBlock is emulated"
        raise ValueError(message)
    block = f"2600:1f13:{secrets.randbelow(0x10000):x}:{secrets.randbelow(0x100) << 8:x}::/56"
    _attributes[vpc][_BLOCKS].append(block)
    return f"{vpc}|{block}", {"Ipv6CidrBlock": block}


def _delete_block(physical_id: str, _properties: Properties) -> None:
    vpc, block = physical_id.split("|")
    if vpc in ec2_service._vpcs:
        _attributes[vpc][_BLOCKS].remove(block)


def _create_egress_only(_logical_id: str, properties: Properties, _stack: str) -> Made:
    answer = client("ec2").create_egress_only_internet_gateway(VpcId=properties["VpcId"])
    gateway = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    if properties.get("Tags"):
        client("ec2").create_tags(Resources=[gateway], Tags=properties["Tags"])
    return gateway, {"Id": gateway}


def _delete_egress_only(gateway: str, _properties: Properties) -> None:
    client("ec2").delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=gateway)


def install() -> None:
    """Gives the types to ministack."""
    wrap(provisioners, "_ec2_vpc_create", _remember)
    register("AWS::EC2::VPCCidrBlock", create=_create_block, delete=_delete_block)
    register(
        "AWS::EC2::EgressOnlyInternetGateway",
        create=_create_egress_only,
        delete=_delete_egress_only,
    )
