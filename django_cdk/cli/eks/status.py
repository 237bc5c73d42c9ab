"""How a DjangoEks is, as its Kubernetes objects tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django_cdk.cli.report import Event, ProcessStatus, ReleaseResult, Status, TargetHealth

from .objects import PROCESS, Object, label_of, name_of, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .application import EksApplication

_EVENTS = 3
_FAILED = re.compile(r"^Release command (\S+) ended with exit code", re.MULTILINE)
# sh -c SCRIPT NAME SECONDS, then the command (django_cdk/eks/release.py).
_NAME, _BEFORE_COMMAND = 3, 5
_ROLLOUTS = {
    "NewReplicaSetAvailable": "completed",
    "ReplicaSetUpdated": "in progress",
    "NewReplicaSetCreated": "in progress",
    "FoundNewReplicaSet": "in progress",
    "ProgressDeadlineExceeded": "failed",
}


def status(application: EksApplication) -> Status:
    """Everything at once."""
    stack, kubectl = application.stack, application.kubectl
    deployments = kubectl.get("deployments", "--selector", PROCESS)["items"]
    pods = kubectl.get("pods", "--selector", PROCESS)["items"]
    events = kubectl.get("events", "--field-selector", "type=Warning")["items"]
    return Status(
        app=application.app,
        target="eks",
        stack=stack.name,
        stack_status=stack.status,
        changed_at=stack.changed_at,
        region=stack.session.region_name,
        url=stack.output(application.app, "Url"),
        processes=[_process(one, _pods_of(one, pods), events) for one in deployments],
        release=_release(application),
        targets=[_target(pod) for pod in pods if label_of(pod) == "web"],
        alarms=[],
    )


def command_of(init_container: Object) -> list[str]:
    """The release command that an init container of the release's Job runs."""
    return list(init_container.get("args", []))[_BEFORE_COMMAND:]


def _pods_of(deployment: Object, pods: Sequence[Object]) -> list[Object]:
    return [pod for pod in pods if label_of(pod) == label_of(deployment)]


def _process(deployment: Object, pods: Sequence[Object], events: Sequence[Object]) -> ProcessStatus:
    state, desired = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    running = state.get("readyReplicas", 0)
    progress = _condition(deployment, "Progressing")
    rollout = _ROLLOUTS.get(progress.get("reason", ""), "unknown")
    if rollout == "completed" and state.get("updatedReplicas", 0) < desired:
        rollout = "in progress"
    return ProcessStatus(
        name=label_of(deployment),
        running=running,
        desired=desired,
        pending=max(0, state.get("replicas", 0) - running),
        rollout=rollout,
        reason="" if rollout == "completed" else progress.get("message", ""),
        images=_images(pods),
        events=_events(name_of(deployment), events),
    )


def _condition(thing: Object, kind: str) -> Object:
    conditions: list[Object] = thing.get("status", {}).get("conditions", [])
    return next((one for one in conditions if one["type"] == kind), {})


def _images(pods: Sequence[Object]) -> list[str]:
    ids = {
        one.get("imageID") or one.get("image", "")
        for pod in pods
        for one in pod.get("status", {}).get("containerStatuses", [])
    }
    return sorted({id_.rpartition("@")[2] for id_ in ids} - {""})


def _events(name: str, events: Sequence[Object]) -> list[Event]:
    """Warnings about the Deployment and its pods, newest first."""
    found = []
    for event in events:
        about = event.get("involvedObject", {}).get("name", "")
        when = time_of(event.get("lastTimestamp") or event.get("eventTime"))
        if when and (about == name or about.startswith(f"{name}-")):
            found.append(Event(time=when, text=f"{event['reason']}: {event.get('message', '')}"))
    return sorted(found, key=lambda one: one.time, reverse=True)[:_EVENTS]


def _target(pod: Object) -> TargetHealth:
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates", [])]
    condition = _condition(pod, gates[0] if gates else "Ready")
    healthy = condition.get("status") == "True"
    return TargetHealth(
        target=pod.get("status", {}).get("podIP") or name_of(pod),
        state="healthy" if healthy else "unhealthy",
        reason="" if healthy else str(condition.get("message", "not ready yet")),
    )


def _release(application: EksApplication) -> list[ReleaseResult]:
    """The release's Job stays until the next release."""
    jobs = application.kubectl.get("jobs", "--selector", f"{PROCESS}=release")["items"]
    return [result for job in jobs for result in _results(application, job)]


def _results(application: EksApplication, job: Object) -> list[ReleaseResult]:
    containers = job["spec"]["template"]["spec"].get("initContainers", [])
    failure = _condition(job, "Failed")
    ended = job.get("status", {}).get("completionTime") or failure.get("lastTransitionTime")
    words = application.kubectl.attempt("logs", f"job/{name_of(job)}") if failure else ""
    names = [str(container["args"][_NAME]) for container in containers]
    outcomes = _outcomes(names, ended=bool(ended), words=words if failure else None)
    return [
        ReleaseResult(
            name=name,
            command=command_of(container),
            result=outcome,
            time=time_of(ended or job.get("status", {}).get("startTime")),
            reason=words.strip() if outcome == "failed" else "",
        )
        for name, outcome, container in zip(names, outcomes, containers, strict=True)
    ]


def _outcomes(names: Sequence[str], *, ended: bool, words: str | None) -> list[str]:
    """One for each command.

    :param words: what the Job said when it failed; None: it did not.
    """
    if words is None:
        return ["succeeded" if ended else "running"] * len(names)
    culprit = _FAILED.search(words)
    if culprit is None or culprit[1] not in names:
        return ["failed"] * len(names)
    at = names.index(culprit[1])
    return ["succeeded"] * at + ["failed"] + ["skipped"] * (len(names) - at - 1)
