"""Where a part lies: which subnets, which cluster, or outside of any network."""

from __future__ import annotations

from tools.diagrams.picture import Place
from tools.diagrams.resources import Resource, Resources, mentioned

VPC = "VPC"
# The CDK's word for each tier, as it stands in a subnet's tag.
_TIERS = {
    "Public": "Public subnets",
    "Private": "Private subnets",
    "Isolated": "Isolated subnets (no way out)",
}
_CLUSTERS = {"AWS::ECS::Cluster": "ECS cluster"}
# They belong to the network itself, whatever subnets they mention.
_NETWORK = frozenset({"AWS::EC2::InternetGateway", "AWS::EC2::VPCEndpoint", "AWS::EKS::Cluster"})
_KEEPS_THE_CLUSTER = frozenset(
    {
        "AWS::EKS::AccessEntry",
        "AWS::EKS::Addon",
        "AWS::EKS::PodIdentityAssociation",
        "Custom::AWSCDK-EKS-HelmChart",
    }
)


def place(part: Resource, passed: set[str], resources: Resources) -> Place:
    """Return the place of a part, of which `passed` is all it has to do with."""
    if part.type in _NETWORK:
        return (VPC,)
    if part.type in _KEEPS_THE_CLUSTER:
        return ("What is in the cluster",)
    types = {resources[name].type for name in passed}
    tiers = {
        _TIERS[tier]
        for name in passed | _beside(part, resources)
        if (tier := _tier(resources[name])) is not None and tier in _TIERS
    }
    clusters = [label for kind, label in _CLUSTERS.items() if kind in types]
    # A schedule names the subnets of the task that it starts; it has none itself.
    if len(tiers) != 1 or part.type == "AWS::Scheduler::Schedule":
        return ()
    return (VPC, tiers.pop(), *clusters)


def _beside(part: Resource, resources: Resources) -> set[str]:
    """What is mentioned by what a part mentions: the subnet of a machine's network interface."""
    interfaces = mentioned(part.properties.get("NetworkInterfaces", []))
    return {name for one in interfaces for name in mentioned(resources[one].properties)} & set(
        resources
    )


def _tier(resource: Resource) -> str | None:
    if resource.type != "AWS::EC2::Subnet":
        return None
    tags = {tag["Key"]: tag["Value"] for tag in resource.properties.get("Tags", [])}
    return tags.get("aws-cdk:subnet-type")
