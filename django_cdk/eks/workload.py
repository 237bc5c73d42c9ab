"""What stands in the namespace before the release: account, role, quota, secrets."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import aws_cdk.aws_eks_v2 as eks
from aws_cdk import Stack
from constructs import Construct

from .namespace import namespace, resource_quota, service_account
from .secret_class import SecretVariable, provider_class
from .target import PodSecrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_cdk.backing import ApplicationEnvironment

    from .cluster import ApplicationCluster

SERVICE_ACCOUNT = "application"


class Workload(Construct):
    """The namespace of an application and the role of its pods.

    :param cluster: where it lies.
    :param name: name of the namespace.
    :param labels: of its objects.
    :param quota: the most that its pods may ask for together; None: no limit.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: ApplicationCluster,
        name: str,
        labels: Mapping[str, str],
        quota: Mapping[str, str] | None,
    ) -> None:
        super().__init__(scope, id)
        self.cluster = cluster
        self.name = name
        self.labels = labels
        identity = cluster.workload_role(
            self, "Identity", namespace=name, service_account=SERVICE_ACCOUNT
        )
        #: Role of the code in the pods.
        self.role = identity.role
        quotas = [resource_quota(quota, namespace=name, labels=labels)] if quota else []
        #: The namespace, and what must stand in it before the release.
        self.objects = eks.KubernetesManifest(
            self,
            "Objects",
            cluster=cluster.interface,
            manifest=[
                namespace(name, labels=labels, auto_mode=cluster.auto_mode),
                service_account(
                    SERVICE_ACCOUNT,
                    namespace=name,
                    labels=labels,
                    annotations=identity.annotations,
                ),
                *quotas,
            ],
        )
        #: The SecretProviderClass; None without secrets.
        self.secret_class: eks.KubernetesManifest | None = None

    def use_secrets(self, environment: ApplicationEnvironment) -> PodSecrets | None:
        """Lets the pods read the secrets of the environment; None when there are none."""
        if not environment.secrets:
            return None
        for one in environment.secrets.values():
            one.secret.grant_read(self.role)
        variables = tuple(
            SecretVariable(name=name, arn=one.secret.secret_arn, field=one.field)
            for name, one in environment.secrets.items()
        )
        # Another content is another object beside the old one, which pods of the old release and
        # a rollback still need; CloudFormation removes it when all went well.
        digest = self._digest(variables, environment.masked)
        name = f"application-{digest}"
        self.secret_class = eks.KubernetesManifest(
            self,
            f"Secrets-{digest}",
            cluster=self.cluster.interface,
            manifest=[
                provider_class(
                    variables,
                    name=name,
                    namespace=self.name,
                    region=Stack.of(self).region,
                    labels=self.labels,
                    pod_identity=self.cluster.identity == "pod_identity",
                )
            ],
        )
        self.cluster.add_secrets_driver()
        self.secret_class.node.add_dependency(self.objects, *self.cluster.ready)
        return PodSecrets(
            name=name,
            variables=tuple(one.name for one in variables),
            provider_class=name,
        )

    def _digest(self, variables: tuple[SecretVariable, ...], masked: Mapping[str, str]) -> str:
        content = [[one.name, one.arn, one.field] for one in variables], dict(masked)
        resolved = json.dumps(Stack.of(self).resolve(list(content)), sort_keys=True)
        return hashlib.sha256(resolved.encode()).hexdigest()[:10]
