"""The manifests of an application that needs no template, as plain values."""

from __future__ import annotations

from typing import Any

from django_cdk import DjangoApp
from django_cdk.eks.ingress import LoadBalancer, ingress, ingress_class
from django_cdk.eks.manifests import application_manifests
from django_cdk.eks.target import PodSecrets, Target

Manifest = dict[str, Any]

SECRETS = PodSecrets(
    name="application-1", variables=("DATABASE_URL", "SECRET_KEY"), provider_class="application-1"
)
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/0"


def target(where: Manifest | None = None, **app: Any) -> Target:
    """An application with these options; `where` are options of the target."""
    given: Manifest = {
        "app": DjangoApp(image="registry.example.com/blog:1", **app),
        "name": "blog",
        "namespace": "app",
        "image": "registry.example.com/blog:1",
        "plain": {"DEBUG": "0"},
        "secrets": SECRETS,
        "service_account": "application",
        "probe_host": "api.example.com",
        "https": True,
        "ingress_cidr": "10.0.0.0/16",
        **(where or {}),
    }
    return Target(**given)


def objects(where: Manifest | None = None, **app: Any) -> list[Manifest]:
    """Its objects, without the front door."""
    return application_manifests(target(where, **app))


def balancer(**options: Any) -> LoadBalancer:
    """A load balancer with a domain."""
    given: Manifest = {
        "host": "api.example.com",
        "certificate_arn": CERTIFICATE,
        "public": True,
        "ipv6": True,
        "subnet_ids": ["subnet-1", "subnet-2"],
        "log_bucket": "logs",
        **options,
    }
    return LoadBalancer(**given)


def front_door(target: Target, balancer: LoadBalancer) -> list[Manifest]:
    """The Ingress, and its class in Auto Mode."""
    classes = ingress_class(balancer, target.common_labels) if balancer.auto_mode else []
    return [*classes, ingress(target, balancer)]


def of_kind(found: list[Manifest], kind: str) -> dict[str, Manifest]:
    """Name -> object, for all of a kind."""
    return {one["metadata"]["name"]: one for one in found if one["kind"] == kind}


def pod_specs(found: list[Manifest]) -> dict[str, Manifest]:
    """Kind and name -> the pod's specification, for every object that makes pods."""
    specs = {}
    for one in found:
        spec = one.get("spec", {})
        template = spec.get("jobTemplate", {"spec": spec})["spec"].get("template")
        if template:
            specs[f"{one['kind']}/{one['metadata']['name']}"] = template["spec"]
    return specs


def containers(spec: Manifest) -> list[Manifest]:
    """All containers of a pod, those that run before the others too."""
    return [*spec.get("initContainers", []), *spec["containers"]]
