"""A Process as a pod: the container, its rights, its environment, its volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import dns_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_cdk.process import Process, Size

    from .target import Manifest, Target

_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}

SECRETS_PATH = "/mnt/secrets"
_SECRETS_VOLUME = "secrets"

# A pod that fills the disk of its node takes its neighbours down with it.
_WRITABLE_LIMIT = "1Gi"

# Load balancer and controller need a moment to notice that a pod goes, then the load balancer
# drains for DEREGISTRATION_DELAY. The pod serves until both are over.
DEREGISTRATION_DELAY = 30
WEB_PRE_STOP = DEREGISTRATION_DELAY + 10


def pod_template(process: Process, target: Target, container: Manifest) -> Manifest:
    """The template of a long-running pod with this one container."""
    return {
        "metadata": {"labels": target.labels(process)},
        "spec": {
            **pod_spec(target, [container]),
            "terminationGracePeriodSeconds": process.stop_timeout + _pre_stop_seconds(process),
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": target.selector(process)},
                    "matchLabelKeys": ["pod-template-hash"],
                }
            ],
        },
    }


def pod_spec(target: Target, containers: Sequence[Manifest]) -> Manifest:
    """What all pods of the application have in common."""
    architecture = {"kubernetes.io/arch": _ARCHITECTURES[target.app.cpu_architecture]}
    return {
        "serviceAccountName": target.service_account,
        # Credentials for AWS come by their own volume; nobody here talks to the API server.
        "automountServiceAccountToken": False,
        # Docker-style links would add variables such as WEB_PORT, which projects use themselves.
        "enableServiceLinks": False,
        "nodeSelector": {} if target.any_architecture else architecture,
        "securityContext": _pod_security(target),
        "containers": list(containers),
        "volumes": _volumes(target),
    }


def container(process: Process, target: Target, *, command: Sequence[str] | None) -> Manifest:
    """The process as a container, without probes."""
    made: Manifest = {
        "name": dns_name(process.name),
        "image": target.image,
        "imagePullPolicy": "IfNotPresent",
        "env": environment(target),
        "resources": resources(process.size),
        "securityContext": container_security(target),
        "volumeMounts": _mounts(target),
    }
    if command is not None:
        # Kubernetes' command is the image's ENTRYPOINT; args take the place of its CMD, as a
        # command does on ECS.
        made["args"] = list(command)
    if process.port:
        made["ports"] = [{"name": "http", "containerPort": process.port, "protocol": "TCP"}]
    pre_stop = _pre_stop(process, target)
    if pre_stop:
        made["lifecycle"] = {"preStop": pre_stop}
    return made


def environment(target: Target) -> list[Manifest]:
    """Plain variables, then references to the Kubernetes Secret."""
    plain: list[Manifest] = [{"name": name, "value": value} for name, value in target.plain.items()]
    if target.secrets is None:
        return plain
    return plain + [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": target.secrets.name, "key": name}},
        }
        for name in target.secrets.variables
    ]


def resources(size: Size) -> Manifest:
    """Requests are the size; twice its CPU may be borrowed while the node has it to spare."""
    millicores, memory = size.cpu * 1000 // 1024, f"{size.memory_mib}Mi"
    return {
        "requests": {"cpu": f"{millicores}m", "memory": memory},
        "limits": {"cpu": f"{2 * millicores}m", "memory": memory},
    }


def container_security(target: Target) -> Manifest:
    """What the restricted pod security standard asks for, and a read-only root.

    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    """
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": not target.writable_root,
    }


def _pod_security(target: Target) -> Manifest:
    security: Manifest = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    if target.app.user is not None:
        user, _, group = target.app.user.partition(":")
        security["runAsUser"] = int(user)
        security["runAsGroup"] = security["fsGroup"] = int(group or user)
    return security


def _pre_stop_seconds(process: Process) -> int:
    return WEB_PRE_STOP if process.kind == "web" else 0


def _pre_stop(process: Process, target: Target) -> Manifest | None:
    """What happens before Kubernetes sends SIGTERM."""
    seconds, signal = _pre_stop_seconds(process), target.app.stop_signal
    if signal is None:
        return {"sleep": {"seconds": seconds}} if seconds else None
    # The hook waits for the process's end, so that SIGTERM does not follow at its heels.
    script = (
        f"sleep {seconds}; kill -s {signal.removeprefix('SIG')} 1; "
        "while kill -0 1 2>/dev/null; do sleep 1; done"
    )
    return {"exec": {"command": ["sh", "-c", script]}}


def _writable(target: Target) -> list[tuple[str, str]]:
    """Volume name and path of each writable path of a read-only root file system."""
    if target.writable_root:
        return []
    return [(f"writable-{n}", path) for n, path in enumerate(target.app.writable_paths)]


def _volumes(target: Target) -> list[Manifest]:
    volumes: list[Manifest] = [
        {"name": name, "emptyDir": {"sizeLimit": _WRITABLE_LIMIT}}
        for name, _path in _writable(target)
    ]
    if target.secrets and target.secrets.provider_class:
        volumes.append(
            {
                "name": _SECRETS_VOLUME,
                "csi": {
                    "driver": "secrets-store.csi.k8s.io",
                    "readOnly": True,
                    "volumeAttributes": {"secretProviderClass": target.secrets.provider_class},
                },
            }
        )
    return volumes


def _mounts(target: Target) -> list[Manifest]:
    mounts: list[Manifest] = [{"name": name, "mountPath": path} for name, path in _writable(target)]
    if target.secrets and target.secrets.provider_class:
        # The driver fills the Kubernetes Secret while a pod has this volume.
        mounts.append({"name": _SECRETS_VOLUME, "mountPath": SECRETS_PATH, "readOnly": True})
    return mounts
