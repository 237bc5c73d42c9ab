"""The cluster of an application with all that its pods rely on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, cast

import aws_cdk.aws_eks as eks_resources
import aws_cdk.aws_eks_v2 as eks
import aws_cdk.aws_iam as iam
from aws_cdk import Token
from constructs import Construct

from .identity import Identity, WorkloadRole
from .kubectl_layer import kubectl_layer
from .nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_ec2 as ec2
    import aws_cdk.aws_lambda as lambda_
    from constructs import IDependable

    from django_cdk.app import CpuArchitecture
    from django_cdk.network import Placement

# EKS would hand every cluster of an older app a provider made by a Lambda function.
_NATIVE_OIDC = "@aws-cdk/aws-eks:useNativeOidcProvider"


class ApplicationCluster(Construct):
    """An EKS cluster: control plane, nodes and add-ons.

    :param vpc: its network.
    :param placement: the subnets of its nodes and of its private API endpoint.
    :param version: Kubernetes version.
    :param layer: Lambda layer with kubectl and helm; None: from the version's package.
    :param endpoint_cidrs: ranges that reach the API server from outside the VPC; None: all, and
        IAM decides; empty: none.
    :param admins: ARNs of IAM roles and users who may do everything in the cluster.
    :param auto_mode: EKS runs nodes, network, storage and load balancers (EKS Auto Mode).
    :param architecture: of the nodes' CPUs.
    :param node_count: how many nodes.
    :param node_instance_types: their instance types; None: a default.
    :param spot_nodes: on spare capacity.
    :param container_insights: metrics and logs of the pods in CloudWatch.
    :param identity: how add-ons become their roles.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        placement: Placement,
        version: str,
        layer: lambda_.ILayerVersion | None,
        endpoint_cidrs: Sequence[str] | None,
        admins: Sequence[str],
        auto_mode: bool,
        architecture: CpuArchitecture,
        node_count: int,
        node_instance_types: Sequence[str] | None,
        spot_nodes: bool,
        container_insights: bool,
        identity: Identity,
    ) -> None:
        super().__init__(scope, id)
        self.node.set_context(_NATIVE_OIDC, True)
        self.auto_mode = auto_mode
        self.identity: Identity = identity
        #: The EKS cluster.
        self.cluster = eks.Cluster(
            self,
            "Cluster",
            vpc=vpc,
            vpc_subnets=[placement.tasks],
            version=eks.KubernetesVersion.of(version),
            kubectl_provider_options=eks.KubectlProviderOptions(
                kubectl_layer=layer or kubectl_layer(self, "Kubectl", kubernetes_version=version)
            ),
            endpoint_access=_endpoint(endpoint_cidrs),
            cluster_logging=list(eks.ClusterLoggingTypes),
            default_capacity_type=eks.DefaultCapacityType.AUTOMODE
            if auto_mode
            else eks.DefaultCapacityType.NODEGROUP,
            default_capacity=None if auto_mode else 0,
            # EKS add-ons take the place of the self-managed ones, and are kept up to date.
            bootstrap_self_managed_addons=False,
            # The role that deploys the stack needs no access from inside.
            bootstrap_cluster_creator_admin_permissions=False,
        )
        for number, arn in enumerate(admins):
            self.cluster.grant_cluster_admin(f"Admin-{_told_by(arn, number)}", arn)
        #: The node group; None in Auto Mode.
        self.nodes: Nodes | None = None
        #: Name -> EKS add-on.
        self.addons: dict[str, eks_resources.CfnAddon] = {}
        if auto_mode:
            self._auto_mode_network_policies()
        else:
            self._before_nodes(identity)
            self.nodes = Nodes(
                self,
                "Nodes",
                cluster=self.interface,
                subnets=placement.tasks,
                architecture=architecture,
                instance_types=node_instance_types,
                count=node_count,
                spot=spot_nodes,
                pods_read_metadata=container_insights,
            )
            self.nodes.node.add_dependency(*self.addons.values())
            self._on_nodes("coredns")
        self._on_nodes("metrics-server")
        if container_insights:
            self._container_insights(identity)

    @property
    def interface(self) -> eks.ICluster:
        """The cluster as the CDK's own constructs take it.

        The CDK's Python types call its Cluster no ICluster, since one deprecated member is private.
        """
        return cast("eks.ICluster", self.cluster)

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group of nodes and pods."""
        return self.cluster.cluster_security_group

    @property
    def ready(self) -> list[IDependable]:
        """What must stand before pods can run."""
        return [self.cluster, *([self.nodes] if self.nodes else []), *self.addons.values()]

    def workload_role(
        self, scope: Construct, id: str, *, namespace: str, service_account: str
    ) -> WorkloadRole:
        """A role for a service account of this cluster."""
        return WorkloadRole(
            scope,
            id,
            cluster=self.interface,
            namespace=namespace,
            service_account=service_account,
            identity=self.identity,
        )

    def add_secrets_driver(self) -> None:
        """The Secrets Store CSI driver with the AWS provider, which fill Kubernetes Secrets.

        https://github.com/aws/secrets-store-csi-driver-provider-aws
        """
        self._on_nodes(
            "aws-secrets-store-csi-driver-provider",
            {"secrets-store-csi-driver": {"syncSecret": {"enabled": True}}},
        )

    def _before_nodes(self, identity: Identity) -> None:
        """Add-ons without which a node never gets ready, or a pod gets no role."""
        self._addon("vpc-cni", {"enableNetworkPolicy": "true"})
        self._addon("kube-proxy")
        if identity == "pod_identity":
            self._addon("eks-pod-identity-agent")

    def _on_nodes(
        self, name: str, values: Mapping[str, object] | None = None
    ) -> eks_resources.CfnAddon:
        """An add-on whose pods need a node: it would count as failed without."""
        addon = self._addon(name, values)
        if self.nodes:
            addon.node.add_dependency(self.nodes)
        return addon

    def _addon(
        self, name: str, values: Mapping[str, object] | None = None
    ) -> eks_resources.CfnAddon:
        self.addons[name] = eks_resources.CfnAddon(
            self,
            f"Addon-{name}",
            addon_name=name,
            cluster_name=self.cluster.cluster_name,
            configuration_values=json.dumps(values) if values else None,
            resolve_conflicts="OVERWRITE",
        )
        return self.addons[name]

    def _container_insights(self, identity: Identity) -> None:
        """Metrics and logs of all pods in CloudWatch.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
        """
        workload = self.workload_role(
            self,
            "ContainerInsights",
            namespace="amazon-cloudwatch",
            service_account="cloudwatch-agent",
        )
        workload.role.add_managed_policy(
            iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchAgentServerPolicy")
        )
        addon = self._on_nodes("amazon-cloudwatch-observability")
        if identity == "irsa":
            addon.service_account_role_arn = workload.role.role_arn
        addon.node.add_dependency(workload)

    def _auto_mode_network_policies(self) -> None:
        """Auto Mode enforces NetworkPolicies once this object says so.

        https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
        """
        self.cluster.add_manifest(
            "NetworkPolicies",
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
                "data": {"enable-network-policy-controller": "true"},
            },
        )


def _told_by(arn: str, number: int) -> str:
    # By the ARN and not by its place in the list: an entry can't be made while another one for the
    # same principal stands.
    known = not Token.is_unresolved(arn)
    return hashlib.sha256(arn.encode()).hexdigest()[:8] if known else str(number)


def _endpoint(cidrs: Sequence[str] | None) -> eks.EndpointAccess:
    if cidrs is None:
        return eks.EndpointAccess.PUBLIC_AND_PRIVATE
    if not cidrs:
        return eks.EndpointAccess.PRIVATE
    return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*cidrs)
