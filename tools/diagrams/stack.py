"""The picture of a stack: from its resources to parts and arrows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tools.diagrams.kubernetes import kubernetes_arrows, kubernetes_parts
from tools.diagrams.links import admitted, reach, security_groups, uses
from tools.diagrams.parts import KINDS
from tools.diagrams.picture import INTERNET, Arrow, Part, Picture, drawn
from tools.diagrams.places import place
from tools.diagrams.resources import Resource, Resources
from tools.diagrams.swarm import swarm_arrows, swarm_parts

# Ids that say nothing to a reader: the CDK's own, and ours for a wrapped construct.
_SILENT = frozenset(
    {
        *("Backing", "Balancer", "Bucket", "Cluster", "Default", "Distribution", "Function"),
        *("Instance", "Objects", "Pattern", "Plan", "ReplicationGroup", "Resource", "Schedule"),
        *("Service", "Vpc"),
    }
)
# Where a type has a name that tells more than its path.
_NAMED_BY = {
    "AWS::EKS::Addon": "AddonName",
    "AWS::EKS::PodIdentityAssociation": "ServiceAccount",
    "Custom::AWSCDK-EKS-HelmChart": "Release",
}
_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_FACES_THE_INTERNET = frozenset({"AWS::CloudFront::Distribution"})


def picture_of(resources: Resources) -> Picture:
    """Draw the stack with these resources."""
    shown = sorted(
        (resource for resource in resources.values() if resource.type in KINDS),
        key=lambda resource: _ORDER[resource.type],
    )
    direct, ids = uses(resources), {resource.id for resource in shown}
    passed: dict[str, set[str]] = {}
    arrows: list[Arrow] = []
    for resource in shown:
        others, passed[resource.id] = reach(resource.id, direct, shown=ids, resources=resources)
        arrows += [
            Arrow(source=key(resource), target=key(resources[other])) for other in sorted(others)
        ]
        if resource.type in _FACES_THE_INTERNET:
            arrows.append(Arrow(source=INTERNET, target=key(resource)))
    arrows += admitted(resources, _members(shown, passed, resources))
    inner = [*kubernetes_parts(resources), *swarm_parts(resources)]
    arrows += [*kubernetes_arrows(resources), *swarm_arrows(resources)]
    return drawn([*_parts(shown, passed, resources), *inner], arrows)


def key(resource: Resource) -> str:
    """Return the key of the part that shows a resource."""
    return resource.type if KINDS[resource.type].merged else resource.id


def _members(
    shown: Sequence[Resource], passed: dict[str, set[str]], resources: Resources
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for resource in shown:
        for group in security_groups(passed[resource.id], resources):
            found[group].add(key(resource))
    return found


def _parts(
    shown: Sequence[Resource], passed: dict[str, set[str]], resources: Resources
) -> Iterator[Part]:
    count = Counter(resource.type for resource in shown)
    seen: set[str] = set()
    for resource in shown:
        kind = KINDS[resource.type]
        if key(resource) in seen:
            continue
        seen.add(key(resource))
        several = kind.merged and count[resource.type] > 1
        yield Part(
            key=key(resource),
            kind=kind,
            name=f"{count[resource.type]} of them" if several else _name(resource),
            place=place(resource, passed[resource.id], resources),
        )


def _name(resource: Resource) -> str:
    named_by = _NAMED_BY.get(resource.type)
    if named_by is not None:
        return str(resource.properties[named_by])
    # The first id is the construct that the picture is of.
    telling = [
        name
        for name in resource.path[1:]
        if name not in _SILENT and not name.startswith("CustomResource")
    ]
    return telling[-1] if telling else ""
