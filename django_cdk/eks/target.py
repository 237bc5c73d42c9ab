"""What manifests need to know beside a Process: one value for a whole application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .names import dns_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_cdk.app import DjangoApp
    from django_cdk.process import Process

Manifest = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PodSecrets:
    """Where the secret variables of the pods come from.

    :param name: the Kubernetes Secret; its keys are the names of the variables.
    :param variables: these names.
    :param provider_class: the SecretProviderClass that fills it; None: it stands already.
    """

    name: str
    variables: tuple[str, ...]
    provider_class: str | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where an application runs in a cluster.

    :param app: the application.
    :param name: its name in labels.
    :param namespace: the namespace of all its objects.
    :param image: URI of its image.
    :param plain: plain environment.
    :param secrets: secret environment; None: there is none.
    :param service_account: the pods' service account.
    :param probe_host: Host header of the kubelet's probes, one that Django accepts.
    :param https: users come by HTTPS, and probes say so.
    :param ingress_cidr: range from which load balancer and kubelet reach the web; None: unknown.
    :param writable_root: the containers' root file system is writable.
    :param any_architecture: the image was built where it runs, whatever the application says.
    :param release_timeout: seconds that the release commands may take together.
    :param release_id: text that makes the release commands run again when it changes.
    """

    app: DjangoApp
    name: str
    namespace: str
    image: str
    plain: Mapping[str, str]
    secrets: PodSecrets | None
    service_account: str
    probe_host: str
    https: bool
    ingress_cidr: str | None = None
    writable_root: bool = False
    any_architecture: bool = False
    release_timeout: int = 220
    release_id: str | None = None

    def selector(self, process: Process) -> dict[str, str]:
        """The labels that tell the pods of a process from all others; they never change."""
        return {
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/component": process.kind,
            "django-cdk/process": dns_name(process.name),
        }

    def labels(self, process: Process) -> dict[str, str]:
        """The labels of a process's objects."""
        return {**self.selector(process), **self.common_labels}

    @property
    def common_labels(self) -> dict[str, str]:
        """The labels of all objects."""
        return {
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/part-of": self.name,
            "app.kubernetes.io/managed-by": "Helm",
        }

    def metadata(self, name: str, process: Process | None = None) -> Manifest:
        """Metadata of an object in the namespace."""
        labels = self.labels(process) if process else self.common_labels
        return {"name": name, "namespace": self.namespace, "labels": labels}
