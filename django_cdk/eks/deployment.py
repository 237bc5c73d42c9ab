"""A long-running Process as a Deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import dns_name
from .pod import container, pod_template
from .probes import command_probes, probes

if TYPE_CHECKING:
    from django_cdk.process import Process

    from .target import Manifest, Target

# Below Helm's timeout, so that the failure says which Deployment is stuck.
_PROGRESS_DEADLINE = 240


def deployment(process: Process, target: Target) -> Manifest:
    """Web, worker or beat. Beat is a true singleton: its old pod ends before the new one starts."""
    made = container(process, target, command=process.command)
    if process.kind == "web":
        made.update(probes(target))
    if process.health_check:
        made.update(command_probes(process.health_check))
    spec: Manifest = {
        "selector": {"matchLabels": target.selector(process)},
        "template": pod_template(process, target, made),
        "strategy": {"type": "Recreate"}
        if process.kind == "beat"
        else {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        "progressDeadlineSeconds": _PROGRESS_DEADLINE,
        "revisionHistoryLimit": 3,
    }
    if process.scaling is None or process.scaling.fixed:
        # Where an autoscaler owns the number, a deployment must not reset it.
        spec["replicas"] = process.scaling.min_count if process.scaling else 1
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": target.metadata(dns_name(process.name), process),
        "spec": spec,
    }
