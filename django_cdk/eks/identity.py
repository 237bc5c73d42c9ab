"""How the pods of a service account become an IAM role: EKS Pod Identity, or IRSA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import aws_cdk.aws_eks as eks_resources
import aws_cdk.aws_iam as iam
from aws_cdk import CfnJson
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk.aws_eks_v2 as eks

Identity = Literal["pod_identity", "irsa"]


class WorkloadRole(Construct):
    """A role that one service account of one cluster may take, and nobody else.

    :param cluster: the cluster.
    :param namespace: namespace of the service account.
    :param service_account: its name.
    :param identity: ``pod_identity`` (an association outside the cluster) or ``irsa`` (the
        cluster's OpenID Connect provider and an annotation).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: eks.ICluster,
        namespace: str,
        service_account: str,
        identity: Identity,
    ) -> None:
        super().__init__(scope, id)
        #: The association of Pod Identity; None with IRSA.
        self.association: eks_resources.CfnPodIdentityAssociation | None = None
        #: Annotations that the service account needs.
        self.annotations: Mapping[str, str] = {}
        if identity == "irsa":
            self.role = iam.Role(
                self, "Role", assumed_by=_irsa(self, cluster, namespace, service_account)
            )
            self.annotations = {"eks.amazonaws.com/role-arn": self.role.role_arn}
            return
        self.role = iam.Role(
            self, "Role", assumed_by=_pod_identity(cluster, namespace, service_account)
        )
        self.association = eks_resources.CfnPodIdentityAssociation(
            self,
            "Association",
            cluster_name=cluster.cluster_name,
            namespace=namespace,
            service_account=service_account,
            role_arn=self.role.role_arn,
        )


def _pod_identity(cluster: eks.ICluster, namespace: str, service_account: str) -> iam.IPrincipal:
    # Without the tags, every association of the account could hand this role out.
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    tags = {
        "eks-cluster-arn": cluster.cluster_arn,
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
    }
    return iam.ServicePrincipal(
        "pods.eks.amazonaws.com",
        conditions={
            "StringEquals": {f"aws:RequestTag/{name}": value for name, value in tags.items()}
        },
    ).with_session_tags()


def _irsa(
    scope: Construct, cluster: eks.ICluster, namespace: str, service_account: str
) -> iam.IPrincipal:
    provider = cluster.open_id_connect_provider
    issuer = provider.open_id_connect_provider_issuer
    # A key of the template can't hold a token; this resource writes the condition at deployment.
    condition = CfnJson(
        scope,
        "Condition",
        value={
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
        },
    )
    return iam.OpenIdConnectPrincipal(provider).with_conditions({"StringEquals": condition})
