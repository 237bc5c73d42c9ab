"""Rules of security groups that stand beside their group.

AWS: naming one egress rule takes away the rule that lets everything out. ministack 1.5.33 has the
API and not the types.
"""

from __future__ import annotations

import contextlib
from typing import Any, Literal

from botocore.exceptions import ClientError

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, register

Direction = Literal["ingress", "egress"]
_ALL_OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _permission(properties: Properties) -> dict[str, Any]:
    """The rule in the API's words."""
    about = {name: properties[name] for name in ("Description",) if name in properties}
    permission: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    for name in ("FromPort", "ToPort"):
        if name in properties:
            permission[name] = int(properties[name])
    peers = {
        "IpRanges": ("CidrIp", "CidrIp"),
        "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
        "UserIdGroupPairs": ("GroupId", "SourceSecurityGroupId"),
        "PrefixListIds": ("PrefixListId", "SourcePrefixListId"),
    }
    for kind, (name, source) in peers.items():
        peer = properties.get(source) or properties.get(source.replace("Source", "Destination"))
        if peer:
            permission[kind] = [{name: peer, **about}]
    return permission


def _register(direction: Direction) -> None:
    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        ec2, group = client("ec2"), properties["GroupId"]
        if direction == "egress":
            with contextlib.suppress(ClientError):
                ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[_ALL_OUT])
        authorize = getattr(ec2, f"authorize_security_group_{direction}")
        answer = authorize(GroupId=group, IpPermissions=[_permission(properties)])
        rule = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule, {"Id": rule}

    def delete(_rule: str, properties: Properties) -> None:
        revoke = getattr(client("ec2"), f"revoke_security_group_{direction}")
        revoke(GroupId=properties["GroupId"], IpPermissions=[_permission(properties)])

    register(
        f"AWS::EC2::SecurityGroup{direction.capitalize()}",
        create=create,
        delete=delete,
    )


def install() -> None:
    """Gives the types to ministack."""
    _register("ingress")
    _register("egress")
