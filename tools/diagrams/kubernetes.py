"""The Kubernetes objects of a stack: what its manifests and its chart's values hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.diagrams.parts import KINDS, KUBERNETES
from tools.diagrams.picture import INTERNET, Arrow, Part
from tools.diagrams.places import VPC
from tools.diagrams.resources import Resources, text_of

Object = Mapping[str, Any]
_NAMESPACE = (VPC, "Private subnets", "Kubernetes namespace of the application")
_PODS = (*_NAMESPACE, "Pods of the image")
_RUN_PODS = frozenset({"CronJob", "Deployment", "Job"})
_ORDER = {kind: number for number, kind in enumerate(KUBERNETES)}


def objects(resources: Resources) -> Sequence[Object]:
    """Return the application's objects; a value CloudFormation fills in is `${LogicalId}`."""
    found: list[Object] = []
    for resource in resources.values():
        if resource.type == "Custom::AWSCDK-EKS-KubernetesResource":
            found += json.loads(text_of(resource.properties["Manifest"]))
        elif resource.type == "Custom::AWSCDK-EKS-HelmChart":
            found += json.loads(text_of(resource.properties["Values"])).get("manifests", [])
    shown = [one for one in found if one["kind"] in KUBERNETES]
    return sorted(shown, key=lambda one: _ORDER[one["kind"]])


def kubernetes_parts(resources: Resources) -> Iterator[Part]:
    """Yield a part for each object, or for all of a kind where they are drawn as one."""
    every = objects(resources)
    count = Counter(one["kind"] for one in every)
    for key, one in {_key(one): one for one in every}.items():
        kind = KUBERNETES[one["kind"]]
        yield Part(
            key=key,
            kind=kind,
            name=f"{count[one['kind']]} of them" if kind.merged else _name(one),
            place=_PODS if one["kind"] in _RUN_PODS else _NAMESPACE,
        )


def kubernetes_arrows(resources: Resources) -> Iterator[Arrow]:
    """Yield who uses whom, by the names and labels that Kubernetes itself goes by."""
    every = objects(resources)
    for one in every:
        if one["kind"] == "Ingress":
            yield Arrow(source=INTERNET, target=_key(one))
        yield from (
            Arrow(source=_key(one), target=_key(other))
            for other in every
            if other is not one and _names(one, other)
        )
        yield from _out_of_the_cluster(one, resources)


def _out_of_the_cluster(one: Object, resources: Resources) -> Iterator[Arrow]:
    """Yield what an object uses of the stack: what its values mention, and its role."""
    for name in re.findall(r"\$\{(\w+)}", json.dumps(one)):
        if name in resources and (shown := _shown(name, resources)) is not None:
            yield Arrow(source=_key(one), target=shown)
    for resource in resources.values():
        if (
            resource.type == "AWS::EKS::PodIdentityAssociation"
            and one["kind"] == "ServiceAccount"
            and one["metadata"]["name"] == resource.properties["ServiceAccount"]
        ):
            yield Arrow(source=_key(one), target=resource.id)


def _shown(name: str, resources: Resources) -> str | None:
    kind = resources[name].type
    if kind == "AWS::SecretsManager::SecretTargetAttachment":
        kind = "AWS::SecretsManager::Secret"
    if kind not in KINDS:
        return None
    return kind if KINDS[kind].merged else name


def _key(one: Object) -> str:
    kind: str = one["kind"]
    return kind if KUBERNETES[kind].merged else f"{kind}/{_name(one)}"


def _name(one: Object) -> str:
    # A name ends in a hash where a change must make a new object; the part stays the same.
    return re.sub(r"-[0-9a-f]{10}$", "", one["metadata"]["name"])


def _names(one: Object, other: Object) -> bool:
    """Whether an object points at another: by its name, or by the labels of its pods."""
    spec, kind, name = one.get("spec", {}), other["kind"], other["metadata"]["name"]
    match one["kind"], kind:
        case "Ingress", "Service":
            return f'"name": "{name}"' in json.dumps(spec["rules"])
        case "HorizontalPodAutoscaler", "Deployment":
            return bool(spec["scaleTargetRef"]["name"] == name)
        case (("Service" | "PodDisruptionBudget" | "NetworkPolicy"), "Deployment"):
            return _selector(spec).items() <= _pod_labels(other).items()
        case (("Deployment" | "Job" | "CronJob"), ("ServiceAccount" | "SecretProviderClass")):
            field = {"ServiceAccount": "serviceAccountName"}.get(kind, "secretProviderClass")
            return f'"{field}": "{name}"' in json.dumps(spec)
        case _:
            return False


def _selector(spec: Object) -> Mapping[str, str]:
    selector = spec["podSelector"] if "podSelector" in spec else spec["selector"]
    labels: Mapping[str, str] = selector.get("matchLabels", selector)
    return labels


def _pod_labels(deployment: Object) -> Mapping[str, str]:
    labels: Mapping[str, str] = deployment["spec"]["template"]["metadata"]["labels"]
    return labels
