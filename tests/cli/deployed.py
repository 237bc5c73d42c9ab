"""Real templates of the constructs, deployed to moto as far as moto goes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

import boto3

ACCOUNT = "123456789012"
REGION = "eu-west-1"
STACK = "Shop"

# What the verbs look at, and what that needs.
_KEPT = frozenset(
    {
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::ECS::Cluster",
        "AWS::ECS::Service",
        "AWS::ECS::TaskDefinition",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
    }
)


def deploy(body: Mapping[str, Any], name: str = STACK) -> None:
    """Makes the stack in moto, which must be on."""
    client = boto3.client("cloudformation", region_name=REGION)
    client.create_stack(StackName=name, TemplateBody=json.dumps(reduced(body)))


def deploy_outputs(body: Mapping[str, Any], name: str = STACK) -> None:
    """Makes a stack in moto with the template's outputs and next to nothing else."""
    nothing = {"Nothing": {"Type": "AWS::Logs::LogGroup"}}
    outputs = {key: {"Value": _text(one["Value"])} for key, one in body["Outputs"].items()}
    deploy({"Resources": nothing, "Outputs": outputs}, name)


def _text(value: Any) -> str:
    """What CloudFormation would make of it, with a plain word for what it alone knows."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_text(part) for part in parts)
    if value == {"Ref": "AWS::Region"}:
        return REGION
    names = re.findall(r"[A-Za-z0-9]{4,}", json.dumps(list(value.values())))
    return f"none-{names[0].lower()}"


def reduced(body: Mapping[str, Any]) -> dict[str, Any]:
    """The template without the resources that moto can't make; what names them is a plain word."""
    kept = {
        name: copy.deepcopy({key: one[key] for key in ("Type", "Properties") if key in one})
        for name, one in body["Resources"].items()
        if one["Type"] in _KEPT
    }
    for one in kept.values():
        _without_what_moto_refuses(one)
    outputs = {name: {"Value": one["Value"]} for name, one in body.get("Outputs", {}).items()}
    made = {"Resources": kept, "Outputs": outputs}
    found: dict[str, Any] = _plain(made, set(kept))
    return found


def _without_what_moto_refuses(resource: dict[str, Any]) -> None:
    properties = resource.get("Properties", {})
    properties.pop("Tags", None)
    if resource["Type"] == "AWS::ECS::TaskDefinition":
        for container in properties["ContainerDefinitions"]:
            # On Fargate the task's memory is enough.
            container["MemoryReservation"] = 128
            # moto reads a template as YAML, slowly; no verb looks at these.
            for name in ("Environment", "Secrets", "DockerLabels"):
                container.pop(name, None)
    if resource["Type"] == "AWS::EC2::Subnet":
        properties.pop("AvailabilityZone", None)
        properties.pop("Ipv6CidrBlock", None)
        properties.pop("AssignIpv6AddressOnCreation", None)
    if resource["Type"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        properties.pop("LoadBalancerAttributes", None)


def _plain(value: Any, kept: set[str]) -> Any:
    if isinstance(value, list):
        return [_plain(one, kept) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] not in kept and "::" not in value["Ref"]:
        return f"none-{value['Ref'].lower()}"
    if set(value) == {"Fn::GetAtt"} and value["Fn::GetAtt"][0] not in kept:
        return f"none-{value['Fn::GetAtt'][0].lower()}"
    return {key: _plain(one, kept) for key, one in value.items()}
