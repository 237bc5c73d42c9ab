"""A command as a Job, made from the template of the web Deployment."""

from __future__ import annotations

import copy
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django_cdk.cli.errors import CliError
from django_cdk.cli.signals import Interruption

from .objects import KIND, PROCESS, Object, name_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from django_cdk.cli.console import Console

    from .kubectl import Kubectl

KIND_OF_JOBS = "manage"
_POLL = 1.0
# What waits no pod out of.
_HOPELESS = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"}
)
_OF_A_SERVER = ("livenessProbe", "readinessProbe", "startupProbe", "ports", "lifecycle")
_OVER = ("Succeeded", "Failed")
_KEPT_SECONDS = 600
# A node that is to be saved waits for the end.
_UNDISTURBED = {
    "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    "karpenter.sh/do-not-disrupt": "true",
}


def run_once(kubectl: Kubectl, command: Sequence[str], console: Console) -> int:
    """Runs the command in a pod of its own and shows its log.

    :return: the command's exit code; of an interrupted one, 130.
    :raises CliError: when it could not run.
    """
    web = kubectl.get("deployment", "web")
    job = job_of(web, command, name=f"manage-{secrets.token_hex(4)}")
    with Interruption() as interruption:
        kubectl.output("create", "--filename", "-", stdin=json.dumps(job))
        return _Run(kubectl, name_of(job), console, interruption).watch()


def job_of(web: Object, command: Sequence[str], *, name: str) -> Object:
    """The Job: image, environment, account, volumes and rights of the web pods.

    Its labels are not the web's, to which the load balancer sends requests.
    """
    spec = copy.deepcopy(web["spec"]["template"]["spec"])
    spec.pop("topologySpreadConstraints", None)
    spec["restartPolicy"] = "Never"
    (container,) = (one for one in spec["containers"] if one["name"] == "web")
    for key in _OF_A_SERVER:
        container.pop(key, None)
    container["args"] = list(command)
    spec["containers"] = [container]
    labels = {
        **web["metadata"].get("labels", {}),
        KIND: KIND_OF_JOBS,
        PROCESS: KIND_OF_JOBS,
        "app.kubernetes.io/managed-by": "django-cdk",
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "ttlSecondsAfterFinished": _KEPT_SECONDS,
            "template": {
                "metadata": {"labels": labels, "annotations": _UNDISTURBED},
                "spec": spec,
            },
        },
    }


class _Run:
    """A created Job."""

    def __init__(
        self, kubectl: Kubectl, name: str, console: Console, interruption: Interruption
    ) -> None:
        self._kubectl = kubectl
        self._name = name
        self._console = console
        self._interruption = interruption

    def watch(self) -> int:
        """Shows the log until the command has ended."""
        with self._console.waiting(f"Waiting for the pod of {self._name} ..."):
            pod = self._until_started()
        since: list[str] = []
        while pod is not None and self._interruption.signal is None:
            self._follow(name_of(pod), *since)
            # Once more, if it was only the connection that ended.
            since = [f"--since-time={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"]
            pod = self._pod()
            if _phase(pod) in _OVER:
                break
            self._interruption.wait(_POLL)
        if self._interruption.signal is not None:
            return self._delete()
        return self._exit_code(pod)

    def _until_started(self) -> Object | None:
        """The pod, once it runs or has ended; None after an interruption before."""
        while self._interruption.signal is None:
            pod = self._pod()
            if _phase(pod) in ("Running", *_OVER):
                return pod
            self._give_up(pod)
            self._interruption.wait(_POLL)
        return None

    def _pod(self) -> Object | None:
        pods = self._kubectl.get("pods", "--selector", f"job-name={self._name}")["items"]
        return pods[0] if pods else None

    def _give_up(self, pod: Object | None) -> None:
        waiting = _state(pod).get("waiting", {})
        if waiting.get("reason") in _HOPELESS:
            self._kubectl.attempt("delete", "job", self._name, "--wait=false")
            raise CliError(
                f"The pod can't start: {waiting['reason']}: {waiting.get('message', '')}"
            )

    def _follow(self, pod: str, *since: str) -> None:
        log = self._kubectl.start("logs", "--follow", *since, pod)
        while log.poll() is None and self._interruption.signal is None:
            self._interruption.wait(_POLL / 5)
        _end(log)

    def _delete(self) -> int:
        self._console.note(f"Deleting job {self._name} ...")
        self._kubectl.output("delete", "job", self._name, "--wait=false")
        self._console.warn(f"Job {self._name} was deleted; its pod is being stopped.")
        return self._interruption.exit_code

    def _exit_code(self, pod: Object | None) -> int:
        ended = _state(pod).get("terminated")
        if not ended:
            status = (pod or {}).get("status", {})
            raise CliError(
                f"The pod ended without an exit code: {status.get('reason', 'no reason given')} "
                f"{status.get('message', '')}".strip()
            )
        if ended.get("reason") not in (None, "Completed", "Error"):
            self._console.warn(f"Kubernetes says: {ended['reason']}")
        return int(ended["exitCode"])


def _phase(pod: Object | None) -> str:
    return str((pod or {}).get("status", {}).get("phase", ""))


def _state(pod: Object | None) -> Object:
    statuses = (pod or {}).get("status", {}).get("containerStatuses", [])
    return statuses[0].get("state", {}) if statuses else {}


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait()
