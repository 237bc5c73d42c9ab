"""The standing costs of a template: what is billed when nobody comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .free import FREE
from .prices import PRICES

Resource = Mapping[str, Any]

#: Up to 70 % less than on demand, says AWS; the price moves.
SPOT = 0.3
#: Aurora bills what is used; a month of the least that it runs on, awake all the time.
LEAST_ACU = 0.5
AURORA_GIB = 10
# The image's own root disk, where the template names no size.
_ROOT_GIB = 8


@dataclass(frozen=True)
class Line:
    """One price, so many times."""

    price: str
    quantity: float

    @property
    def dollars(self) -> float:
        """In a month."""
        return PRICES[self.price].monthly * self.quantity


def bill(template: Mapping[str, Any]) -> list[Line]:
    """Every line; a `LookupError` for a type of resource or a size without a price.

    Processes are counted with their fewest tasks.
    """
    return [line for line in _Template(template["Resources"]).lines() if line.quantity]


def total(lines: list[Line]) -> float:
    """US dollars a month."""
    return sum(line.dollars for line in lines)


class _Template:
    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources

    def lines(self) -> Iterator[Line]:
        for name, resource in self._resources.items():
            kind = resource["Type"]
            if kind in FREE or kind.startswith("Custom::"):
                continue
            if kind not in _READERS:
                raise LookupError(f"{kind} ({name}) has no price: enter it in tools/costs.")
            for price, quantity in _READERS[kind](self, name, resource.get("Properties", {})):
                if price not in PRICES:
                    raise LookupError(f"{price} ({name}) has no price: enter it in tools/costs.")
                yield Line(price, quantity)

    def load_balancer(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        yield "load_balancer", 1
        if properties["Scheme"] == "internet-facing":
            yield "address", len(properties["Subnets"])

    def database(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        size = properties["DBInstanceClass"].removeprefix("db.")
        copies = 2 if properties.get("MultiAZ") else 1
        if size == "serverless":
            yield "aurora.acu", LEAST_ACU
        else:
            yield f"rds.{size}", copies
            yield "rds.storage", copies * int(properties["AllocatedStorage"])

    def aurora(self, *_: object) -> Iterator[tuple[str, float]]:
        yield "aurora.storage", AURORA_GIB

    def cache(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        yield properties["CacheNodeType"], properties["NumCacheClusters"]

    def service(self, name: str, properties: Resource) -> Iterator[tuple[str, float]]:
        tasks = self._fewest_tasks(name, properties)
        spot = SPOT if "FARGATE_SPOT" in str(properties.get("CapacityProviderStrategy")) else 1
        task = self._resources[properties["TaskDefinition"]["Ref"]]["Properties"]
        architecture = task["RuntimePlatform"]["CpuArchitecture"]
        yield f"fargate.{architecture}.cpu", tasks * spot * int(task["Cpu"]) / 1024
        yield f"fargate.{architecture}.memory", tasks * spot * int(task["Memory"]) / 1024
        network = properties["NetworkConfiguration"]["AwsvpcConfiguration"]
        if network["AssignPublicIp"] == "ENABLED":
            yield "address", tasks

    def instance(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        yield f"ec2.{properties['InstanceType']}", 1
        disks = [
            one["Ebs"].get("VolumeSize", _ROOT_GIB) for one in properties["BlockDeviceMappings"]
        ]
        yield "disk", sum(disks)
        if any(one.get("AssociatePublicIpAddress") for one in properties["NetworkInterfaces"]):
            yield "address", 1

    def nodes(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        count = properties["ScalingConfig"]["DesiredSize"]
        template = self._resources[properties["LaunchTemplate"]["Id"]["Ref"]]["Properties"]
        (disk,) = template["LaunchTemplateData"]["BlockDeviceMappings"]
        yield f"ec2.{properties['InstanceTypes'][0]}", count
        yield "disk", count * disk["Ebs"]["VolumeSize"]

    def control_plane(self, *_: object) -> Iterator[tuple[str, float]]:
        yield "eks", 1
        # The Ingress has a load balancer over two zones, which the controller makes.
        yield "load_balancer", 1
        yield "address", 2

    def volume(self, _: str, properties: Resource) -> Iterator[tuple[str, float]]:
        yield "disk", properties["Size"]

    def _fewest_tasks(self, name: str, properties: Resource) -> int:
        for resource in self._resources.values():
            if resource["Type"] == "AWS::ApplicationAutoScaling::ScalableTarget":
                target = resource["Properties"]
                if f"'{name}'" in str(target["ResourceId"]):
                    return int(target["MinCapacity"])
        return int(properties.get("DesiredCount", 1))


def _one(price: str) -> Any:
    return lambda *_: iter([(price, 1)])


_READERS: Mapping[str, Any] = {
    "AWS::CloudWatch::Alarm": _one("alarm"),
    "AWS::EC2::EIP": _one("address"),
    "AWS::EC2::Instance": _Template.instance,
    # Billed with the instances made from it.
    "AWS::EC2::LaunchTemplate": lambda *_: iter(()),
    "AWS::EC2::NatGateway": _one("nat"),
    # Gateway endpoints of S3 cost nothing; the library makes no others.
    "AWS::EC2::VPCEndpoint": lambda *_: iter(()),
    "AWS::EC2::Volume": _Template.volume,
    "AWS::ECS::Service": _Template.service,
    "AWS::EKS::Cluster": _Template.control_plane,
    "AWS::EKS::Nodegroup": _Template.nodes,
    "AWS::ElastiCache::ReplicationGroup": _Template.cache,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _Template.load_balancer,
    "AWS::KMS::Key": _one("key"),
    "AWS::RDS::DBCluster": _Template.aurora,
    "AWS::RDS::DBInstance": _Template.database,
    "AWS::SecretsManager::Secret": _one("secret"),
}
