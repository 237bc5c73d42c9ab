"""Postgres and Valkey as pods, for a cluster on a developer's machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.eks.versions import LOCAL_POSTGRES_IMAGE, LOCAL_VALKEY_IMAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_cdk.eks.target import Manifest

POSTGRES_PORT = 5432
VALKEY_PORT = 6379
# Of the images' own users.
_POSTGRES_UID = 70
_VALKEY_UID = 999

_COMPONENT = "app.kubernetes.io/component"
_DATA_VOLUME = "data"


def postgres(*, namespace: str, secret: str, database: str, user: str) -> list[Manifest]:
    """A Postgres with a volume; its password comes from the Secret's key POSTGRES_PASSWORD."""
    password = {"secretKeyRef": {"name": secret, "key": "POSTGRES_PASSWORD"}}
    environment: list[Manifest] = [
        {"name": "POSTGRES_DB", "value": database},
        {"name": "POSTGRES_USER", "value": user},
        {"name": "POSTGRES_PASSWORD", "valueFrom": password},
        # The root of a volume may hold lost+found, which Postgres refuses.
        {"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"},
    ]
    claim: Manifest = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _metadata("postgres", namespace),
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    deployment = _deployment(
        "postgres",
        namespace=namespace,
        uid=_POSTGRES_UID,
        container={
            "image": LOCAL_POSTGRES_IMAGE,
            "env": environment,
            "volumeMounts": [{"name": _DATA_VOLUME, "mountPath": "/var/lib/postgresql/data"}],
            "readinessProbe": {"exec": {"command": ["pg_isready", "-U", user, "-d", database]}},
        },
        port=POSTGRES_PORT,
    )
    deployment["spec"]["template"]["spec"]["volumes"] = [
        {"name": _DATA_VOLUME, "persistentVolumeClaim": {"claimName": "postgres"}}
    ]
    return [claim, deployment, _service("postgres", namespace=namespace, port=POSTGRES_PORT)]


def valkey(*, namespace: str) -> list[Manifest]:
    """A Valkey that keeps nothing."""
    deployment = _deployment(
        "valkey",
        namespace=namespace,
        uid=_VALKEY_UID,
        container={
            "image": LOCAL_VALKEY_IMAGE,
            "args": ["valkey-server", "--save", ""],
            "readinessProbe": {"exec": {"command": ["valkey-cli", "ping"]}},
        },
        port=VALKEY_PORT,
    )
    return [deployment, _service("valkey", namespace=namespace, port=VALKEY_PORT)]


def backing_policy(*, namespace: str) -> Manifest:
    """Pods of the namespace reach Postgres and Valkey, and nobody else does."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _metadata("backing", namespace),
        "spec": {
            "podSelector": {"matchLabels": {_COMPONENT: "backing"}},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": {}}]}],
        },
    }


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, _COMPONENT: "backing"}


def _metadata(name: str, namespace: str) -> Manifest:
    return {"name": name, "namespace": namespace, "labels": _labels(name)}


def _service(name: str, *, namespace: str, port: int) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(name, namespace),
        "spec": {
            "selector": _labels(name),
            "ports": [{"name": name, "port": port, "targetPort": name}],
        },
    }


def _deployment(
    name: str, *, namespace: str, uid: int, container: Mapping[str, object], port: int
) -> Manifest:
    """One pod under the restricted pod security standard, replaced and never doubled."""
    made = {
        "name": name,
        "ports": [{"name": name, "containerPort": port}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **container,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(name, namespace),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": _labels(name)},
            "strategy": {"type": "Recreate"},
            "template": {
                "metadata": {"labels": _labels(name)},
                "spec": {
                    "automountServiceAccountToken": False,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": uid,
                        "runAsGroup": uid,
                        "fsGroup": uid,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [made],
                },
            },
        },
    }
