"""Who has to do with whom, read out of a template: references, roles, security groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from typing import Any

from tools.diagrams.picture import INTERNET, Arrow
from tools.diagrams.resources import Resource, Resources, mentioned

# A reference says who was made first, not who uses whom. In these properties the one that is
# mentioned uses the one that mentions it: a role its policies, a balancer its listeners.
_BACKWARDS: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": "ScalingTargetId",
    "AWS::Backup::BackupSelection": "BackupPlanId",
    "AWS::CodeStarNotifications::NotificationRule": "Resource",
    "AWS::EC2::EIPAssociation": "AllocationId",
    "AWS::EC2::Instance": "NetworkInterfaces",
    "AWS::EC2::VolumeAttachment": "InstanceId",
    "AWS::ECS::Service": "LoadBalancers",
    "AWS::ElasticLoadBalancingV2::Listener": "LoadBalancerArn",
    "AWS::IAM::AccessKey": "UserName",
    "AWS::IAM::ManagedPolicy": "Groups",
    "AWS::IAM::Policy": "Roles",
    "AWS::SecretsManager::Secret": "SecretString",
}
# Where everything is, or what only leads back: followed, these would tie all to all.
_ENDS = frozenset(
    {
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::ECS::Cluster",
        "AWS::EKS::Cluster",
        "AWS::Lambda::Function",
        "AWS::S3::BucketPolicy",
        "Custom::S3AutoDeleteObjects",
        "Custom::VpcRestrictDefaultSG",
    }
)
# An alarm names the listener only to find the balancer that it belongs to.
_BESIDE_THE_POINT = ("AWS::CloudWatch::Alarm", "AWS::ElasticLoadBalancingV2::Listener")
# The function behind a custom resource says nothing about the resource, and a chart's values are
# told by the objects in them.
_UNTOLD = frozenset({"ServiceToken", "Values"})
_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})


def uses(resources: Resources) -> Mapping[str, set[str]]:
    """Return, for each resource, those it has to do with directly."""
    found: dict[str, set[str]] = defaultdict(set)
    for resource in resources.values():
        if resource.type in _ENDS:
            continue
        for name, value in resource.properties.items():
            others = {
                other
                for other in set(mentioned(value)) & resources.keys()
                if (resource.type, resources[other].type) != _BESIDE_THE_POINT
            }
            if name == _BACKWARDS.get(resource.type):
                for other in others:
                    found[other].add(resource.id)
            elif name not in _UNTOLD:
                found[resource.id] |= others
    return found


def reach(
    start: str, direct: Mapping[str, set[str]], *, shown: Container[str], resources: Resources
) -> tuple[set[str], set[str]]:
    """Follow what a part uses up to the next parts: return those, and all that was passed.

    `direct` is what `uses` returned; `shown` holds the logical ids of all parts.
    """
    parts: set[str] = set()
    passed, ahead = {start}, [start]
    while ahead:
        for other in direct.get(ahead.pop(), set()) - passed:
            passed.add(other)
            if other in shown:
                parts.add(other)
            elif resources[other].type not in _ENDS:
                ahead.append(other)
    return parts, passed


def security_groups(passed: set[str], resources: Resources) -> set[str]:
    """Return the security groups among what a part has to do with."""
    return {name for name in passed if resources[name].type == "AWS::EC2::SecurityGroup"}


def admissions(resources: Resources) -> Iterator[tuple[str, str, str]]:
    """Yield (who is let in, to which security group, on which port); who may be the internet."""
    for resource in resources.values():
        for group, rule in _rules(resource):
            port = str(rule.get("FromPort", ""))
            if rule.get("CidrIp") in _EVERYWHERE or rule.get("CidrIpv6") in _EVERYWHERE:
                yield INTERNET, group, port
            for source in mentioned(rule.get("SourceSecurityGroupId", "")):
                yield source, group, port


def _rules(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if resource.type == "AWS::EC2::SecurityGroup":
        for rule in resource.properties.get("SecurityGroupIngress", []):
            yield resource.id, rule
    elif resource.type == "AWS::EC2::SecurityGroupIngress":
        for group in mentioned(resource.properties["GroupId"]):
            yield group, resource.properties


def admitted(resources: Resources, members: Mapping[str, set[str]]) -> Iterator[Arrow]:
    """Yield an arrow for each pair of parts of which one is let in to the other.

    `members` is security group -> the parts in it. A load balancer is left out: it talks to its
    targets only, which references tell, though others share their security group.
    """
    balancers = {
        name
        for name, resource in resources.items()
        if resource.type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    }
    for source, group, port in admissions(resources):
        sources = {INTERNET} if source == INTERNET else members.get(source, set()) - balancers
        for start in sources:
            for end in members.get(group, set()):
                yield Arrow(source=start, target=end, label=port if source == INTERNET else "")
