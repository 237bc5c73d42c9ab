"""Manifests as files that kubectl applies, and the script that does so in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django_cdk.swarm.yaml import dump

from .manifests import APPLICATION, BACKING, RELEASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_cdk.eks.target import Manifest

# The template of a Job can't be changed, so that an old one goes before the new one is made.
_SCRIPT = """\
#!/bin/sh
# Brings the application into the cluster that kubectl talks to.
set -eu
cd "$(dirname "$0")"
kubectl apply -f {backing}
kubectl --namespace {namespace} rollout status deployment/postgres deployment/valkey
kubectl --namespace {namespace} delete job --selector app.kubernetes.io/component=release
{release}kubectl apply -f {application}
kubectl --namespace {namespace} rollout restart deployment/web
kubectl --namespace {namespace} rollout status deployment/web
"""
_RELEASE = """\
kubectl apply -f {release}
kubectl --namespace {namespace} wait --for=condition=complete --timeout=280s job/release
"""


def write_directory(
    directory: Path, manifests: Mapping[str, Sequence[Manifest]], *, namespace: str
) -> list[Path]:
    """Writes one YAML file for each object, and ``apply.sh``; what was there before goes.

    :return: the files.
    """
    written = []
    for step, objects in manifests.items():
        folder = directory / step
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.yaml"):
            old.unlink()
        for number, one in enumerate(objects):
            path = folder / f"{number:02}-{one['kind'].lower()}-{one['metadata']['name']}.yaml"
            path.write_text(dump(one))
            written.append(path)
    release = _RELEASE.format(release=RELEASE, namespace=namespace) if manifests[RELEASE] else ""
    script = directory / "apply.sh"
    script.write_text(
        _SCRIPT.format(
            backing=BACKING, application=APPLICATION, namespace=namespace, release=release
        )
    )
    return [*written, script]
