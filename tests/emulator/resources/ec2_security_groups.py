"""Rules of security groups that stand beside their group.

AWS: naming one egress rule takes away the rule that lets everything out. ministack 1.5.33 has the
API, which loses prefix lists, and not the types.
"""

from __future__ import annotations

import contextlib
from typing import Any, Literal

from botocore.exceptions import ClientError
from ministack.services import ec2 as service

from tests.emulator.api import client
from tests.emulator.ministack_parts import Made, Properties, register, wrap

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


def _with_prefix_lists(original: Any) -> Any:
    def parse(request: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = original(request, prefix)
        for number, rule in enumerate(rules, start=1):
            named = f"{prefix}.{number}.PrefixListIds."
            listed: dict[str, dict[str, str]] = {}
            for name, value in request.items():
                if name.startswith(named):
                    place, field = name.removeprefix(named).split(".")
                    text = value[0] if isinstance(value, list) else value
                    listed.setdefault(place, {})[field] = text
            rule["PrefixListIds"] = list(listed.values())
        return rules

    return parse


def install() -> None:
    """Gives the types to ministack."""
    wrap(service, "_parse_ip_permissions", _with_prefix_lists)
    _register("ingress")
    _register("egress")
