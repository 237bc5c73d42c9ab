"""How many pods of a Process run, and how many may be away at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import dns_name

if TYPE_CHECKING:
    from django_cdk.process import Process

    from .target import Manifest, Target

# In slowly, as on ECS: a pod that is missing costs requests, one too many costs cents.
_SCALE_IN_SECONDS = 300


def autoscaler(process: Process, target: Target) -> Manifest | None:
    """A HorizontalPodAutoscaler; None when the number is fixed."""
    scaling = process.scaling
    if scaling is None or scaling.fixed:
        return None
    name = dns_name(process.name)
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": target.metadata(name, process),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": scaling.min_count,
            "maxReplicas": scaling.max_count,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {
                            "type": "Utilization",
                            "averageUtilization": scaling.cpu_percent,
                        },
                    },
                }
            ],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": _SCALE_IN_SECONDS}},
        },
    }


def disruption_budget(process: Process, target: Target) -> Manifest:
    """Node upgrades take one pod at a time; a single pod does not stop them."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": target.metadata(dns_name(process.name), process),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": target.selector(process)},
        },
    }
