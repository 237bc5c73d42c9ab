"""The release commands as one hook Job of the Helm release, before any new code serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import dns_name
from .pod import container, container_security, pod_spec, resources

if TYPE_CHECKING:
    from django_cdk.process import Process

    from .target import Manifest, Target

# Helm's timeout counts for each operation: hook, rollout, rollback. Lambda ends the handler after
# 900 seconds, so that each operation gets 280.
HELM_TIMEOUT = 280
# Pulling the image and finding a node is part of the hook's 280 seconds too.
START_SECONDS = 60
LONGEST_RELEASE = HELM_TIMEOUT - START_SECONDS

# CloudFormation drops a reason of more than 4,096 bytes; the framework needs about 700 of them,
# and each line break arrives as three characters.
TAIL_BYTES = 1200

_RUN = "/run/release"
_VOLUME = "release"

# Init containers run one after the other, and Helm prints the logs of main containers only. So
# each command runs in an init container, which keeps its whole output, and the main container
# prints the tail and decides.
_COMMAND = f"""\
limit=$1; shift
[ -e {_RUN}/code ] && exit 0
[ -e {_RUN}/start ] || date +%s > {_RUN}/start
left=$((limit - $(date +%s) + $(cat {_RUN}/start)))
[ "$left" -gt 0 ] || left=1
if command -v timeout >/dev/null; then set -- timeout -k 5 "$left" "$@"; fi
{{ "$@" 2>&1; echo $? > {_RUN}/last; }} | tee {_RUN}/log
[ "$(cat {_RUN}/last)" = 0 ] || {{ echo "$0" > {_RUN}/name; cp {_RUN}/last {_RUN}/code; }}
exit 0
"""
_VERDICT = f"""\
[ -e {_RUN}/code ] || exit 0
code=$(cat {_RUN}/code)
[ "$code" = 124 ] && echo "It did not end within $0 seconds (release_timeout)."
echo "Release command $(cat {_RUN}/name) ended with exit code $code. The end of its output:"
tail -c {TAIL_BYTES} {_RUN}/log | LC_ALL=C tr -c '\\11\\12\\40-\\176' '?'
exit "$code"
"""


def release_job(target: Target) -> Manifest | None:
    """The hook Job; None when there are no release commands."""
    commands = target.app.release
    if not commands:
        return None
    spec = pod_spec(target, [_verdict(target, commands[0])])
    spec["initContainers"] = [_command(process, target) for process in commands]
    spec["volumes"].append({"name": _VOLUME, "emptyDir": {"sizeLimit": "256Mi"}})
    spec["restartPolicy"] = "Never"
    metadata = target.metadata("release", commands[0])
    annotations = {
        "helm.sh/hook": "pre-install,pre-upgrade",
        "helm.sh/hook-weight": "0",
        # A failed Job stays until the next release: its pod holds the whole output.
        "helm.sh/hook-delete-policy": "before-hook-creation",
        "helm.sh/hook-output-log-policy": "hook-failed",
    }
    if target.release_id is not None:
        annotations["django-cdk/release-id"] = target.release_id
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            **metadata,
            "labels": _labels(target, commands[0]),
            "annotations": annotations,
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": target.release_timeout + START_SECONDS - 10,
            "template": {"metadata": {"labels": _labels(target, commands[0])}, "spec": spec},
        },
    }


def _labels(target: Target, process: Process) -> dict[str, str]:
    # One Job for all commands: it bears the name of none.
    return {**target.labels(process), "django-cdk/process": "release"}


def _command(process: Process, target: Target) -> Manifest:
    made = container(process, target, command=None)
    limit = str(target.release_timeout)
    made["args"] = ["sh", "-c", _COMMAND, process.name, limit, *(process.command or ())]
    made["volumeMounts"] = [*made["volumeMounts"], _mount()]
    made["name"] = f"run-{dns_name(process.name)}"
    return made


def _verdict(target: Target, process: Process) -> Manifest:
    return {
        "name": "verdict",
        "image": target.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", _VERDICT, str(target.release_timeout)],
        "resources": resources(process.size),
        "securityContext": container_security(target),
        "volumeMounts": [_mount()],
    }


def _mount() -> Manifest:
    return {"name": _VOLUME, "mountPath": _RUN}
