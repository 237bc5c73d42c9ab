"""The way to the web pods: Service and NetworkPolicies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .target import Manifest, Target

SERVICE = "web"
SERVICE_PORT = 80


def service(target: Target) -> Manifest:
    """The Service in front of the web pods."""
    web = target.app.web
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": target.metadata(SERVICE, web),
        "spec": {
            "type": "ClusterIP",
            "selector": target.selector(web),
            "ports": [
                {"name": "http", "port": SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}
            ],
        },
    }


def ingress_rules(host: str | None) -> list[Manifest]:
    """Every path of a host goes to the Service.

    :param host: None: any host.
    """
    backend = {"service": {"name": SERVICE, "port": {"name": "http"}}}
    rule: Manifest = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return [{"host": host, **rule} if host else rule]


def network_policies(target: Target) -> list[Manifest]:
    """Nobody reaches a pod of the namespace, but load balancer and kubelet the web's port."""
    web = target.app.web
    rule: Manifest = {"ports": [{"port": web.port, "protocol": "TCP"}]}
    if target.ingress_cidr is not None:
        rule["from"] = [{"ipBlock": {"cidr": target.ingress_cidr}}]
    return [
        _policy(target, "deny-ingress", {"podSelector": {}, "policyTypes": ["Ingress"]}),
        _policy(
            target,
            "web",
            {
                "podSelector": {"matchLabels": target.selector(web)},
                "policyTypes": ["Ingress"],
                "ingress": [rule],
            },
        ),
    ]


def _policy(target: Target, name: str, spec: Manifest) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": target.metadata(name),
        "spec": spec,
    }
