"""What the emulator made of a stack: its template with the names that its resources have now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.emulator.deployer import Deployer
from tests.emulator.settings import ACCOUNT
from tests.routing.template import Body, Deployed

# What Fn::GetAtt gives, by resource type and attribute, from the physical id.
Attribute = Callable[[Deployer, str], str]


def deployed(deployer: Deployer, stack: str) -> Deployed:
    """The template of a stack as it is deployed now, its references resolved to what is there."""
    answer = deployer.cloudformation.get_template(StackName=stack)["TemplateBody"]
    names = deployer.resources(stack)

    def name(logical_id: str, resource: Body, attribute: str) -> str:
        if not attribute:
            return names[logical_id]
        find = _ATTRIBUTES.get((resource["Type"], attribute))
        if find is None:
            message = f"{attribute} of {logical_id} ({resource['Type']}): teach tests/emulator"
            raise LookupError(message)
        return find(deployer, names[logical_id])

    return Deployed(answer, name, ACCOUNT, deployer.region)


def _asked(service: str, operation: str, parameter: str, *way: str | int) -> Attribute:
    """An attribute that an API answers for the physical id."""

    def ask(deployer: Deployer, physical_id: str) -> str:
        client = deployer.emulator.client(service, deployer.region)
        lists = parameter.endswith("s")
        answer: Any = getattr(client, operation)(
            **{parameter: [physical_id] if lists else physical_id}
        )
        for step in way:
            answer = answer[step]
        return str(answer)

    return ask


def _itself(_deployer: Deployer, physical_id: str) -> str:
    return physical_id


_BALANCER = ("elbv2", "describe_load_balancers", "LoadBalancerArns", "LoadBalancers", 0)
_DATABASE = ("rds", "describe_db_instances", "DBInstanceIdentifier", "DBInstances", 0, "Endpoint")
_CACHE = (
    *("elasticache", "describe_replication_groups", "ReplicationGroupId", "ReplicationGroups", 0),
    *("NodeGroups", 0, "PrimaryEndpoint"),
)
_ATTRIBUTES: Mapping[tuple[str, str], Attribute] = {
    ("AWS::S3::Bucket", "Arn"): lambda _deployer, name: f"arn:aws:s3:::{name}",
    ("AWS::S3::Bucket", "RegionalDomainName"): (
        lambda deployer, name: f"{name}.s3.{deployer.region}.amazonaws.com"
    ),
    ("AWS::CloudFront::OriginAccessControl", "Id"): _itself,
    ("AWS::CloudFront::VpcOrigin", "Id"): _itself,
    ("AWS::IAM::Role", "Arn"): lambda _deployer, name: f"arn:aws:iam::{ACCOUNT}:role/{name}",
    ("AWS::EC2::VPC", "CidrBlock"): _asked(
        "ec2", "describe_vpcs", "VpcIds", "Vpcs", 0, "CidrBlock"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName"): _asked(*_BALANCER, "DNSName"),
    ("AWS::RDS::DBInstance", "Endpoint.Address"): _asked(*_DATABASE, "Address"),
    ("AWS::RDS::DBInstance", "Endpoint.Port"): _asked(*_DATABASE, "Port"),
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Address"): _asked(*_CACHE, "Address"),
}
