"""All objects of a local cluster, in the three steps in which they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.eks.dockerfile import check_user
from django_cdk.eks.manifests import application_manifests
from django_cdk.eks.namespace import namespace as namespace_manifest
from django_cdk.eks.namespace import service_account
from django_cdk.eks.target import PodSecrets, Target
from django_cdk.eks.traffic import ingress_rules

from .backing import backing_policy, postgres, valkey
from .environment import DATABASE, PASSWORD, local_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_cdk.app import DjangoApp
    from django_cdk.eks.target import Manifest

BACKING, RELEASE, APPLICATION = "1-backing", "2-release", "3-application"
SECRET = "application"  # noqa: S105 - the name of an object
_BACKING_SECRET = "postgres"  # noqa: S105 - the name of an object
_ACCOUNT = "application"


def local_manifests(
    app: DjangoApp, *, namespace: str, host: str, image: str, secrets: Mapping[str, str]
) -> dict[str, Sequence[Manifest]]:
    """Step -> objects.

    :param app: the application.
    :param namespace: of all objects.
    :param host: host name for the Ingress.
    :param image: the image, built into the cluster: ``minikube image build --tag ...``.
    :param secrets: values for the application's own ``secrets``.
    :raises OptionError: an application that Kubernetes can't run, a secret without a value.
    """
    check_user(app)
    environment = local_environment(app, host=host, secrets=secrets)
    target = Target(
        app=app,
        name=namespace,
        namespace=namespace,
        image=image,
        plain=environment.plain,
        secrets=PodSecrets(name=SECRET, variables=tuple(environment.secrets))
        if environment.secrets
        else None,
        service_account=_ACCOUNT,
        probe_host=host,
        https=False,
        any_architecture=True,
    )
    labels = target.common_labels
    made = application_manifests(target)
    return {
        BACKING: [
            namespace_manifest(namespace, labels=labels, auto_mode=None),
            service_account(_ACCOUNT, namespace=namespace, labels=labels, annotations={}),
            _secret(SECRET, target, environment.secrets),
            _secret(_BACKING_SECRET, target, {"POSTGRES_PASSWORD": PASSWORD}),
            *postgres(
                namespace=namespace, secret=_BACKING_SECRET, database=DATABASE, user=DATABASE
            ),
            *valkey(namespace=namespace),
            backing_policy(namespace=namespace),
        ],
        RELEASE: [one for one in made if one["kind"] == "Job"],
        APPLICATION: [
            *(one for one in made if one["kind"] != "Job"),
            _ingress(target, host),
        ],
    }


def _secret(name: str, target: Target, values: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": target.metadata(name),
        "type": "Opaque",
        "stringData": dict(values),
    }


def _ingress(target: Target, host: str) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": target.metadata("web", target.app.web),
        "spec": {"ingressClassName": "nginx", "rules": ingress_rules(host)},
    }
