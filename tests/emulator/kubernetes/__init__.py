"""What a cluster of the emulator holds: no Kubernetes, but all that kubectl and helm were told.

On AWS the CDK's own functions apply manifests and install charts with kubectl and helm, from a
Lambda layer, against the cluster's API server. The functions run here too, with their roles, `aws
eks update-kubeconfig` included; in the place of the layer's two programs stand `kubectl` and `helm`
of this folder, which keep objects and releases in a file. helm renders a local chart with the
layer's real helm; of a chart from a repository it keeps name, version and values. Nothing runs, no
schema is checked (tests/eks does that), and every object is ready at once. What is checked: that
the namespace is there first, that a created object is new, and that a release has its objects to
itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Object = dict[str, Any]
#: The environment variable that tells the programs where the file is.
FOLDER = "EMULATOR_KUBERNETES"
_CLUSTER_WIDE = {"Namespace", "IngressClass", "ClusterRole", "ClusterRoleBinding"}


class RefusedError(Exception):
    """What the API server or helm would say."""


class Cluster:
    """The objects and releases of one cluster.

    :param folder: where all clusters' files are.
    :param name: the cluster's.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.json"
        state = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.objects: list[Object] = state.get("objects", [])
        #: Name -> chart, version, namespace and values.
        self.releases: dict[str, Object] = state.get("releases", {})
        #: What the next installation of a release fails with; empty: nothing.
        self.next_failure: str = state.get("next_failure", "")

    def save(self) -> None:
        """Writes all to the file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "objects": self.objects,
            "releases": self.releases,
            "next_failure": self.next_failure,
        }
        self._file.write_text(json.dumps(state, indent=1))

    def find(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """An object by kind, in any case, and name."""
        for one in self.objects:
            if _key(one) == (kind.lower(), namespace or "", name):
                return one
        return None

    def of_kind(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def create(self, manifests: list[Object]) -> None:
        """
        :raises RefusedError: one is there already, or its namespace is not.
        """
        for one in manifests:
            if self._index(one) is not None:
                message = f'Error from server (AlreadyExists): "{one["metadata"]["name"]}"'
                raise RefusedError(message)
            self.apply([one])

    def apply(self, manifests: list[Object], *, prune: str | None = None) -> None:
        """
        :param prune: objects with this label that are not among the manifests go.
        :raises RefusedError: a namespace is not there.
        """
        for one in manifests:
            self._check_namespace(one)
            index = self._index(one)
            if index is None:
                self.objects.append(one)
            else:
                self.objects[index] = one
        if prune:
            wanted = {_key(one) for one in manifests}
            self.objects = [
                one
                for one in self.objects
                if prune not in one["metadata"].get("labels", {}) or _key(one) in wanted
            ]

    def delete(self, manifests: list[Object]) -> None:
        """With a namespace goes what is in it."""
        gone = {_key(one) for one in manifests}
        namespaces = {name for kind, _, name in gone if kind == "namespace"}
        self.objects = [
            one
            for one in self.objects
            if _key(one) not in gone and one["metadata"].get("namespace") not in namespaces
        ]

    def install(self, release: str, described: Object, manifests: list[Object]) -> None:
        """Installs or upgrades a release; objects that left the chart go.

        :raises RefusedError: what `next_failure` says, with everything as it was.
        """
        if self.next_failure:
            failure, self.next_failure = self.next_failure, ""
            self.save()
            raise RefusedError(failure)
        before = [self._own(release, one) for one in self.objects]
        kept = {_key(one) for one in manifests}
        self.objects = [
            one
            for one, own in zip(self.objects, before, strict=True)
            if not own or _key(one) in kept
        ]
        annotated = [_annotated(one, release) for one in manifests]
        for one in annotated:
            index = self._index(one)
            if index is not None and not self._own(release, self.objects[index]):
                message = f"{_key(one)} exists and cannot be imported into the current release"
                raise RefusedError(message)
        self.apply(annotated)
        self.releases[release] = described

    def uninstall(self, release: str) -> None:
        """
        :raises RefusedError: no such release.
        """
        if release not in self.releases:
            message = f"Error: uninstall: Release not loaded: {release}: release: not found"
            raise RefusedError(message)
        del self.releases[release]
        self.objects = [one for one in self.objects if not self._own(release, one)]

    def _own(self, release: str, one: Object) -> bool:
        annotations = one["metadata"].get("annotations", {})
        return bool(annotations.get("meta.helm.sh/release-name") == release)

    def _index(self, one: Object) -> int | None:
        keys = [_key(other) for other in self.objects]
        return keys.index(_key(one)) if _key(one) in keys else None

    def _check_namespace(self, one: Object) -> None:
        namespace = one["metadata"].get("namespace", "default")
        known = {"default", "kube-system"} | {
            other["metadata"]["name"] for other in self.of_kind("Namespace")
        }
        if one["kind"] not in _CLUSTER_WIDE and namespace not in known:
            message = f'Error from server (NotFound): namespaces "{namespace}" not found'
            raise RefusedError(message)


def _key(one: Object) -> tuple[str, str, str]:
    metadata = one["metadata"]
    return one["kind"].lower(), metadata.get("namespace", ""), metadata["name"]


def _annotated(one: Object, release: str) -> Object:
    metadata = one["metadata"]
    annotations = {**metadata.get("annotations", {}), "meta.helm.sh/release-name": release}
    return {**one, "metadata": {**metadata, "annotations": annotations}}
