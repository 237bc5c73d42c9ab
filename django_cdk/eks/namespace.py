"""What stands in the cluster before the first release: namespace, service account, quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .target import Manifest

# The API server refuses pods that could leave their container.
_POD_SECURITY = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
}
# A new pod counts as ready when the load balancer says so: no request is lost in a rollout.
_READINESS_GATE = {
    False: {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"},
    True: {"eks.amazonaws.com/pod-readiness-gate-inject": "enabled"},
}


def namespace(name: str, *, labels: Mapping[str, str], auto_mode: bool | None) -> Manifest:
    """The namespace of an application.

    :param auto_mode: whose load balancer reports ready pods: EKS Auto Mode's or the AWS Load
        Balancer Controller's; None: nobody's.
    """
    gate = {} if auto_mode is None else _READINESS_GATE[auto_mode]
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {**labels, **_POD_SECURITY, **gate}},
    }


def service_account(
    name: str, *, namespace: str, labels: Mapping[str, str], annotations: Mapping[str, str]
) -> Manifest:
    """The service account of an application's pods; it may do nothing in the cluster."""
    metadata: Manifest = {"name": name, "namespace": namespace, "labels": dict(labels)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata,
        "automountServiceAccountToken": False,
    }


def resource_quota(
    hard: Mapping[str, str], *, namespace: str, labels: Mapping[str, str]
) -> Manifest:
    """The most that all pods of the namespace may ask for together."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "application", "namespace": namespace, "labels": dict(labels)},
        "spec": {"hard": dict(hard)},
    }
