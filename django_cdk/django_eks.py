"""Django on EKS: one construct, wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_iam as iam
import jsii
from aws_cdk import CfnOutput, Stack
from constructs import Construct

from .app import DjangoApp, DjangoAppProps
from .backing import ApplicationEnvironment, Backing
from .cache import CacheChoice, Valkey
from .database import DatabaseChoice, Postgres
from .domain import Domain
from .eks.address import application_address, load_balancer_url
from .eks.checks import check_application, check_cluster, check_release
from .eks.cluster import ApplicationCluster
from .eks.controllers import ExternalDns, LoadBalancerController
from .eks.helm_release import ApplicationRelease
from .eks.identity import Identity
from .eks.ingress import ACCESS_LOG_PREFIX, LoadBalancer, ingress, ingress_class
from .eks.manifests import application_manifests
from .eks.names import dns_name
from .eks.release import LONGEST_RELEASE
from .eks.target import Manifest, Target
from .eks.versions import KUBERNETES_VERSION
from .eks.workload import SERVICE_ACCOUNT, Workload
from .errors import OptionError, names_path
from .image import ApplicationImage
from .network import ApplicationVpc, Nat, Placement, check_public_tier, vpc_values
from .removal import Removal
from .storage import LogBucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_certificatemanager as acm
    import aws_cdk.aws_eks_v2 as eks
    import aws_cdk.aws_lambda as lambda_
    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_s3 as s3
    from aws_cdk import RemovalPolicy

_NODE_COUNT = 2


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class DjangoEks(Construct):
    """Django on Kubernetes (Amazon EKS) behind an Application Load Balancer.

    Containers never run as root, and their root file system is read-only: they write to
    ``writable_paths``. The Dockerfile's ``USER`` must be a number, or give ``user``.

    :param vpc: the user's own VPC with public, private and (for data) isolated or private
        subnets. Default: a new one.
    :param nat: way of a new VPC's private subnets to the internet: ``gateway``,
        ``gateway_per_zone`` or ``instance``.
    :param kubernetes_version: of the cluster, ``1.33`` to ``1.35``. Its kubectl layer comes from a
        package: ``pip install 'django-cdk[eks]'`` for the default version.
    :param kubectl_layer: Lambda layer with kubectl and helm. Default: from that package.
    :param public_endpoint_cidrs: ranges from which the Kubernetes API is reached. None: from
        everywhere, and IAM decides; empty: from inside the VPC only.
    :param admin_arns: ARNs of IAM roles and users who may use kubectl. Default: nobody.
    :param auto_mode: EKS Auto Mode: EKS runs and scales the nodes, the network, the load balancer.
    :param node_count: number of nodes without Auto Mode.
    :param node_instance_types: their instance types. Default: ``t3.large``, or ``t4g.large`` for
        ``cpu_architecture="ARM64"``; with ``spot_nodes`` some more of this size.
    :param spot_nodes: nodes run on spare capacity at a discount of up to 70 %, with two minutes'
        notice of their end.
    :param identity: how pods become IAM roles: ``pod_identity`` or ``irsa``.
    :param namespace: Kubernetes namespace of the application.
    :param resource_quota: the most that the namespace may ask for, as Kubernetes says it:
        ``{"requests.cpu": "8", "limits.memory": "16Gi", "pods": "50"}``. Default: no limit.
    :param writable_root_filesystem: containers may write everywhere, for images that can't do
        without. ``read_only_root_filesystem`` and ``writable_paths`` say the rest.
    :param public_load_balancer: the load balancer has public addresses; else it is internal.
    :param database: :class:`Postgres`, :class:`AuroraServerless`, :class:`ExistingDatabase`, or
        None for an application without one.
    :param cache: :class:`Valkey`, :class:`ExistingCache`, or None for an application without one.
    :param bucket_name: name of the assets bucket. Default: a generated one.
    :param bucket: the user's own assets bucket instead.
    :param upload_origins: origins whose pages may upload to a new bucket directly, by presigned
        POST or PUT: ``https://www.example.com``. Default: none.
    :param domain_name: domain of the application. Default: none; plain HTTP on the load
        balancer's own name.
    :param zone_name: its hosted zone. Default: ``hosted_zone`` names it, or there is no domain.
    :param hosted_zone_id: the zone's id; without it the CDK command line looks the zone up.
    :param hosted_zone: the zone as an object, instead of the two above.
    :param certificate_arn: certificate for the domain. Default: made and validated by DNS.
    :param certificate: the same as an object, instead of its ARN.
    :param alias_records: external-dns points the domain at the load balancer; False when
        something else in front of it (a CDN) has the domain.
    :param cdn_domain: domain from which browsers read static and media files, when a CDN serves
        them from the assets bucket. Default: none.
    :param frontend_url: URL of the front end; the application gets it and trusts its origin.
        Default: none.
    :param container_insights: metrics and logs of all pods in CloudWatch, which cost extra.
    :param release_timeout: seconds that the release commands may take together (1-220).
    :param release_id: text that changes with every deployment, such as a build number, to run
        the release commands each time. Default: they run when anything of the release changed.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks. Default: the database
        leaves a snapshot; buckets, keys, secrets and logs stay.
    :param app: the options of :class:`DjangoApp`: the image, the processes, the environment.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc | None = None,
        nat: Nat = "gateway",
        kubernetes_version: str = KUBERNETES_VERSION,
        kubectl_layer: lambda_.ILayerVersion | None = None,
        public_endpoint_cidrs: Sequence[str] | None = None,
        admin_arns: Sequence[str] = (),
        auto_mode: bool = False,
        node_count: int = _NODE_COUNT,
        node_instance_types: Sequence[str] | None = None,
        spot_nodes: bool = False,
        identity: Identity = "pod_identity",
        namespace: str = "app",
        resource_quota: Mapping[str, str] | None = None,
        writable_root_filesystem: bool = False,
        public_load_balancer: bool = True,
        database: DatabaseChoice | None = Postgres(),
        cache: CacheChoice | None = Valkey(),
        bucket_name: str | None = None,
        bucket: s3.IBucket | None = None,
        upload_origins: Sequence[str] = (),
        domain_name: str | None = None,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_arn: str | None = None,
        certificate: acm.ICertificate | None = None,
        alias_records: bool = True,
        cdn_domain: str | None = None,
        frontend_url: str | None = None,
        container_insights: bool = False,
        release_timeout: int = LONGEST_RELEASE,
        release_id: str | None = None,
        removal_policy: RemovalPolicy | None = None,
        **app: Unpack[DjangoAppProps],
    ) -> None:
        super().__init__(scope, id)
        self.app = DjangoApp.from_options(app)
        check_application(self.app, spot_nodes=spot_nodes, writable_root=writable_root_filesystem)
        check_release(self.app, timeout=release_timeout, release_id=release_id)
        check_cluster(
            self.app,
            vpc=vpc,
            nat=nat,
            kubernetes_version=kubernetes_version,
            identity=identity,
            namespace=namespace,
            auto_mode=auto_mode,
            node_count=None if node_count == _NODE_COUNT else node_count,
            node_instance_types=node_instance_types,
            spot_nodes=spot_nodes,
        )
        removal = Removal(removal_policy)
        self.namespace = namespace
        self.vpc: ec2.IVpc = vpc or ApplicationVpc(self, "Network", nat=nat).vpc
        placement = Placement(self.vpc)
        if public_load_balancer:
            check_public_tier(self.vpc)
        self.domain = Domain.optional(
            self,
            "Domain",
            option="domain_name",
            domain_name=domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
            certificate_arn=certificate_arn,
            certificate=certificate,
        )
        if self.domain is None and not alias_records:
            raise OptionError("alias_records", False, "it does nothing without domain_name.")
        log_bucket = LogBucket(self, "AccessLogs", removal=removal)
        log_bucket.grant_load_balancer(ACCESS_LOG_PREFIX)
        #: Access logs of the load balancer and the assets bucket, kept for 90 days.
        self.access_logs = log_bucket.bucket
        self.platform = ApplicationCluster(
            self,
            "Platform",
            vpc=self.vpc,
            placement=placement,
            version=kubernetes_version,
            layer=kubectl_layer,
            endpoint_cidrs=public_endpoint_cidrs,
            admins=admin_arns,
            auto_mode=auto_mode,
            architecture=self.app.cpu_architecture,
            node_count=node_count,
            node_instance_types=node_instance_types,
            spot_nodes=spot_nodes,
            container_insights=container_insights,
            identity=identity,
        )
        #: The load balancer controller; None in Auto Mode, which has its own.
        self.load_balancer_controller = (
            None
            if auto_mode
            else LoadBalancerController(self, "LoadBalancerController", cluster=self.platform)
        )
        #: external-dns; None without a domain.
        self.external_dns = (
            ExternalDns(
                self,
                "ExternalDns",
                cluster=self.platform,
                zone=self.domain.zone,
                zone_name=self.domain.zone_name,
            )
            if self.domain and alias_records
            else None
        )
        self.backing = Backing(
            self,
            "Backing",
            vpc=self.vpc,
            placement=placement,
            database=database,
            cache=cache,
            bucket=bucket,
            bucket_name=bucket_name,
            upload_origins=upload_origins,
            access_logs=self.access_logs,
            removal=removal,
        )
        #: The assets bucket: static and media files.
        self.static_file_bucket = self.backing.assets.bucket
        self.image = ApplicationImage(self, "Image", app=self.app)
        address = application_address(self, self.domain)
        self.environment = ApplicationEnvironment(
            self,
            "Environment",
            app=self.app,
            values={
                **self.backing.values,
                **address.values(frontend_url=frontend_url, cdn_domain=cdn_domain),
                **vpc_values(self.vpc),
            },
        )
        name = dns_name(id)
        self.workload = Workload(
            self,
            "Workload",
            cluster=self.platform,
            name=namespace,
            labels={
                "app.kubernetes.io/part-of": name,
                "app.kubernetes.io/managed-by": "django-cdk",
            },
            quota=resource_quota,
        )
        self.backing.allow_from(self.platform.security_group)
        self.backing.grant(self.workload.role)
        cidr = vpc_values(self.vpc).get("vpc_cidr")
        #: Where the manifests of the application are made for.
        self.target = Target(
            app=self.app,
            name=name,
            namespace=namespace,
            image=self.image.uri,
            plain=self.environment.plain,
            secrets=self.workload.use_secrets(self.environment),
            service_account=SERVICE_ACCOUNT,
            probe_host=address.probe_host,
            https=self.domain is not None,
            ingress_cidr=cidr if isinstance(cidr, str) else None,
            writable_root=writable_root_filesystem,
            release_timeout=release_timeout,
            release_id=release_id,
        )
        self.release = ApplicationRelease(
            self,
            "Release",
            cluster=self.platform.interface,
            namespace=namespace,
            manifests=[
                *application_manifests(self.target),
                *self._front_door(
                    placement, public=public_load_balancer, ipv6=public_load_balancer and not vpc
                ),
            ],
        )
        self._release_last()
        #: URL of the application.
        self.url = (
            address.origin
            if self.domain
            else load_balancer_url(
                self, cluster=self.platform.interface, namespace=namespace, release=self.release
            )
        )
        self._outputs()

    # Properties, not attributes: jsii asks for them when the construct is passed as a peer.

    @property
    def cluster(self) -> eks.Cluster:
        """The EKS cluster."""
        return self.platform.cluster

    @property
    def connections(self) -> ec2.Connections:
        """The pods as a peer: ``other.connections.allow_default_port_from(django)``."""
        return self.platform.security_group.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The pods' role as a grantee: ``queue.grant_send_messages(django)``."""
        return self.workload.role

    def _front_door(self, placement: Placement, *, public: bool, ipv6: bool) -> list[Manifest]:
        """The Ingress, and in Auto Mode its class."""
        tier = ec2.SubnetType.PUBLIC if public else placement.internal.subnet_type
        balancer = LoadBalancer(
            host=self.domain.domain_name if self.domain else None,
            certificate_arn=self.domain.certificate.certificate_arn if self.domain else None,
            public=public,
            ipv6=ipv6,
            subnet_ids=self.vpc.select_subnets(subnet_type=tier).subnet_ids,
            log_bucket=self.access_logs.bucket_name,
            auto_mode=self.platform.auto_mode,
            class_name=f"{self.namespace}-alb" if self.platform.auto_mode else "alb",
        )
        classes = (
            ingress_class(balancer, self.target.common_labels) if self.platform.auto_mode else []
        )
        return [*classes, ingress(self.target, balancer)]

    def _release_last(self) -> None:
        """The release comes after all it leans on, and goes before it when the stack is deleted."""
        before: list[Construct | None] = [
            self.workload,
            self.load_balancer_controller,
            self.external_dns,
            self.backing,
            self.environment,
            self.access_logs.policy,
        ]
        self.release.node.add_dependency(
            *(one for one in before if one is not None), *self.platform.ready
        )

    def _outputs(self) -> None:
        """What a person wants to copy after a deployment."""
        region = Stack.of(self).region
        name = self.cluster.cluster_name
        CfnOutput(self, "Url", value=self.url)
        CfnOutput(self, "StaticFileBucketName", value=self.static_file_bucket.bucket_name)
        CfnOutput(self, "ClusterName", value=name)
        CfnOutput(
            self,
            "KubeconfigCommand",
            value=f"aws eks update-kubeconfig --name {name} --region {region}",
        )
        CfnOutput(
            self,
            "ExecCommand",
            value=f"kubectl --namespace {self.namespace} exec --stdin --tty deployment/web -- "
            "python manage.py shell",
        )
