"""Django on ECS Fargate: one construct, wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_iam as iam
import aws_cdk.aws_logs as logs
import aws_cdk.aws_route53_targets as route53_targets
import jsii
from aws_cdk import CfnOutput, Stack
from constructs import Construct, IDependable

from .app import DjangoApp, DjangoAppProps
from .backing import ApplicationEnvironment, Backing
from .cache import CacheChoice, Valkey
from .database import DatabaseChoice, Postgres
from .domain import Address, Domain
from .ecs.alarms import WebAlarms
from .ecs.checks import check_application, check_network
from .ecs.cluster import make_cluster
from .ecs.exec import ExecSessions, exec_command
from .ecs.release import ReleaseCommands
from .ecs.schedule import ScheduledCommands
from .ecs.service import BackgroundService
from .ecs.tasks import ApplicationTasks
from .ecs.web import WebLoadBalancer, WebService
from .errors import OptionError, names_path
from .image import ApplicationImage
from .network import ApplicationVpc, Nat, Placement, check_public_tier, vpc_values
from .removal import Removal
from .storage import LogBucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_certificatemanager as acm
    import aws_cdk.aws_elasticloadbalancingv2 as elbv2
    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_s3 as s3
    import aws_cdk.aws_sns as sns
    from aws_cdk import RemovalPolicy

    from .ecs.queue_depth import QueueDepth


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class DjangoEcs(Construct):
    """Django on ECS Fargate behind an Application Load Balancer, with all that it leans on.

    :param vpc: the user's own VPC with public, private and (for data) isolated or private
        subnets. Default: a new one.
    :param nat: way of a new VPC's private subnets to the internet: ``gateway``,
        ``gateway_per_zone``, ``instance`` or ``none`` (tasks in public subnets; with the user's
        own VPC too).
    :param cluster: the user's own ECS cluster; its VPC is used. Default: a new one.
    :param load_balancer: the user's own load balancer, whose ports 80 (and 443) are still free.
        Default: a new one.
    :param public_load_balancer: a new load balancer has public addresses; else it is internal.
    :param open_listener: let the whole world in on ports 80 and 443. None: as
        ``public_load_balancer``. When False, peers are let in one by one:
        ``django.load_balancer.connections.allow_from(...)``.
    :param database: :class:`Postgres`, :class:`AuroraServerless`, :class:`ExistingDatabase`, or
        None for an application without one.
    :param cache: :class:`Valkey`, :class:`ExistingCache`, or None for an application without one.
    :param bucket_name: name of the assets bucket. Default: a generated one.
    :param bucket: the user's own assets bucket instead.
    :param upload_origins: origins whose pages may upload to a new bucket directly, by presigned
        POST or PUT: ``https://www.example.com``. Default: none.
    :param api_domain_name: domain of the application. Default: none; plain HTTP on the load
        balancer's own name.
    :param zone_name: its hosted zone. Default: ``hosted_zone`` names it, or there is no domain.
    :param hosted_zone_id: the zone's id; without it the CDK command line looks the zone up.
    :param hosted_zone: the zone as an object, instead of the two above.
    :param certificate_arn: certificate for the domain. Default: made and validated by DNS.
    :param certificate: the same as an object, instead of its ARN.
    :param alias_records: point the domain at the load balancer; False when something else in
        front of it (a CDN) has the domain.
    :param cdn_domain: domain from which browsers read static and media files, when a CDN serves
        them from the assets bucket. Default: none.
    :param frontend_url: URL of the front end; the application gets it and trusts its origin.
        Default: none.
    :param use_ecs_exec: allow shells in the running tasks, encrypted and logged.
    :param container_insights: CloudWatch Container Insights on a new cluster; metrics per task
        cost extra.
    :param log_retention: how long logs are kept.
    :param release_timeout: seconds that one release command may take (1-3300).
    :param release_id: text that changes with every deployment, such as a build number, to run
        the release commands each time. Default: they run when image, command or environment
        changed.
    :param alarm_topic: is told when the web process is unhealthy or answers with errors, when a
        scheduled command failed, and when messages could not be counted. Default: nobody is told.
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
        cluster: ecs.ICluster | None = None,
        load_balancer: elbv2.IApplicationLoadBalancer | None = None,
        public_load_balancer: bool = True,
        open_listener: bool | None = None,
        database: DatabaseChoice | None = Postgres(),
        cache: CacheChoice | None = Valkey(),
        bucket_name: str | None = None,
        bucket: s3.IBucket | None = None,
        upload_origins: Sequence[str] = (),
        api_domain_name: str | None = None,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_arn: str | None = None,
        certificate: acm.ICertificate | None = None,
        alias_records: bool = True,
        cdn_domain: str | None = None,
        frontend_url: str | None = None,
        use_ecs_exec: bool = False,
        container_insights: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        release_timeout: int = 1800,
        release_id: str | None = None,
        alarm_topic: sns.ITopic | None = None,
        removal_policy: RemovalPolicy | None = None,
        **app: Unpack[DjangoAppProps],
    ) -> None:
        super().__init__(scope, id)
        self.app = DjangoApp.from_options(app)
        check_application(self.app, use_ecs_exec=use_ecs_exec)
        check_network(vpc=vpc, nat=nat, cluster=cluster, container_insights=container_insights)
        self._removal = Removal(removal_policy)
        self._log_retention = log_retention
        self._exec_enabled = use_ecs_exec
        placement = self._stand_on(
            vpc=vpc, nat=nat, cluster=cluster, container_insights=container_insights
        )
        log_bucket = (
            None
            if load_balancer and bucket
            else LogBucket(self, "AccessLogs", removal=self._removal)
        )
        #: Takes the access logs of the load balancer and of the assets bucket; None when both are
        #: the user's own.
        self.access_logs = log_bucket.bucket if log_bucket else None
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
            removal=self._removal,
        )
        #: The assets bucket: static and media files.
        self.static_file_bucket = self.backing.assets.bucket
        self.image = ApplicationImage(self, "Image", app=self.app)
        self.api_domain_name = api_domain_name
        self.domain = Domain.optional(
            self,
            "Domain",
            option="api_domain_name",
            domain_name=api_domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
            certificate_arn=certificate_arn,
            certificate=certificate,
        )
        ipv6 = public_load_balancer and not (vpc or cluster or load_balancer)
        #: The Application Load Balancer.
        self.load_balancer = load_balancer or self._load_balancer(
            log_bucket, placement, public=public_load_balancer, ipv6=ipv6
        )
        if not (alias_records or self.domain):
            raise OptionError(
                "alias_records", alias_records, "it does nothing without api_domain_name."
            )
        self.address = Address.of(self.domain, self.load_balancer.load_balancer_dns_name)
        if self.domain and alias_records:
            self.domain.add_alias(route53_targets.LoadBalancerTarget(self.load_balancer), ipv6=ipv6)
        self._prepare(placement, frontend_url=frontend_url, cdn_domain=cdn_domain)
        self.release = self._release(timeout=release_timeout, release_id=release_id)
        self.web = WebService(
            self,
            "Web",
            tasks=self.tasks,
            load_balancer=self.load_balancer,
            certificate=self.domain.certificate if self.domain else None,
            public_load_balancer=public_load_balancer,
            open_listener=public_load_balancer if open_listener is None else open_listener,
        )
        self.alarms = WebAlarms(self, "WebAlarms", web=self.web, topic=alarm_topic)
        self._run_beside_the_web(alarm_topic)
        self._start_after_release()
        self._outputs()

    def _stand_on(
        self,
        *,
        vpc: ec2.IVpc | None,
        nat: Nat,
        cluster: ecs.ICluster | None,
        container_insights: bool,
    ) -> Placement:
        """Network and cluster, given or made."""
        given = vpc or (cluster.vpc if cluster else None)
        self.vpc: ec2.IVpc = given or ApplicationVpc(self, "Network", nat=nat).vpc
        #: Key and log group of ECS Exec; None without it, or with the user's own cluster.
        self.exec_sessions = (
            ExecSessions(self, "Exec", log_retention=self._log_retention, removal=self._removal)
            if self._exec_enabled and cluster is None
            else None
        )
        #: The ECS cluster.
        self.cluster = cluster or make_cluster(
            self,
            vpc=self.vpc,
            container_insights=container_insights,
            exec_sessions=self.exec_sessions,
        )
        return Placement(self.vpc, public_tasks=nat == "none")

    def _prepare(
        self, placement: Placement, *, frontend_url: str | None, cdn_domain: str | None
    ) -> None:
        """What all tasks share: their environment, roles and ways."""
        self.environment = ApplicationEnvironment(
            self,
            "Environment",
            app=self.app,
            values={
                **self.backing.values,
                **self.address.values(frontend_url=frontend_url, cdn_domain=cdn_domain),
                **vpc_values(self.vpc),
            },
        )
        self.tasks = ApplicationTasks(
            self,
            "Tasks",
            app=self.app,
            cluster=self.cluster,
            placement=placement,
            image=self.image,
            environment=self.environment,
            log_retention=self._log_retention,
            exec_enabled=self._exec_enabled,
            removal=self._removal,
        )
        self.backing.allow_from(self.tasks.security_group)
        self.backing.grant(self.tasks.task_role)

    def _run_beside_the_web(self, alarm_topic: sns.ITopic | None) -> None:
        #: Name -> worker.
        self.workers = {
            worker.name: BackgroundService(
                self, f"Worker-{worker.name}", tasks=self.tasks, process=worker
            )
            for worker in self.app.worker_processes
        }
        #: Counts the messages of workers that scale on them; None when none does.
        self.queue_depth = self._count_messages(alarm_topic)
        #: Celery beat; None without it.
        self.beat = (
            BackgroundService(self, "Beat", tasks=self.tasks, process=self.app.beat)
            if self.app.beat
            else None
        )
        #: The scheduled commands; None when there are none.
        self.schedule = (
            ScheduledCommands(self, "Schedule", tasks=self.tasks, alarm_topic=alarm_topic)
            if self.app.scheduled
            else None
        )

    def _count_messages(self, alarm_topic: sns.ITopic | None) -> QueueDepth | None:
        counted = {
            process: self.workers[process.name].service
            for process in self.app.worker_processes
            if process.queues
        }
        if not counted:
            return None
        # Here, because few applications need it and its imports cost time.
        from .ecs.queue_depth import QueueDepth  # noqa: PLC0415

        return QueueDepth(
            self,
            "QueueDepth",
            tasks=self.tasks,
            backing=self.backing,
            workers=counted,
            alarm_topic=alarm_topic,
        )

    # Properties, not attributes: jsii asks for them when the construct is passed as a peer.

    @property
    def connections(self) -> ec2.Connections:
        """The tasks as a peer: ``other.connections.allow_default_port_from(django)``."""
        return self.tasks.security_group.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The tasks' role as a grantee: ``queue.grant_send_messages(django)``."""
        return self.tasks.task_role

    @property
    def services(self) -> Mapping[str, ecs.FargateService]:
        """Name of each long-running process -> its service."""
        beat = {"beat": self.beat.service} if self.beat else {}
        workers = {name: worker.service for name, worker in self.workers.items()}
        return {"web": self.web.service, **workers, **beat}

    def _load_balancer(
        self, logs: LogBucket | None, placement: Placement, *, public: bool, ipv6: bool
    ) -> elbv2.ApplicationLoadBalancer:
        if public:
            check_public_tier(self.vpc)
        return WebLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc,
            subnets=None if public else placement.internal,
            ipv6=ipv6,
            logs=logs,
        ).load_balancer

    def _release(self, *, timeout: int, release_id: str | None) -> ReleaseCommands | None:
        """The release commands; None when there are none."""
        if not self.app.release:
            if release_id is not None:
                raise OptionError("release_id", release_id, "there are no release_commands to run.")
            return None
        return ReleaseCommands(
            self,
            "Release",
            tasks=self.tasks,
            after=self._groundwork,
            timeout=timeout,
            release_id=release_id,
        )

    @property
    def _groundwork(self) -> list[IDependable]:
        """What stands before any code runs; the roles stand for their policies too."""
        roles = (self.tasks.task_role, self.tasks.execution_role)
        return [
            self.vpc,
            self.backing,
            self.environment,
            *roles,
        ]

    def _start_after_release(self) -> None:
        """New code serves after the release commands, and never without what it leans on."""
        ready = self.release.commands[-1:] if self.release else self._groundwork
        scheduled = self.schedule.commands if self.schedule else []
        for runner in (*self.services.values(), *(one.schedule for one in scheduled)):
            runner.node.add_dependency(*ready)

    def _outputs(self) -> None:
        """What a person wants to copy after a deployment."""
        CfnOutput(self, "Url", value=self.address.origin)
        CfnOutput(self, "StaticFileBucketName", value=self.static_file_bucket.bucket_name)
        CfnOutput(self, "ClusterName", value=self.cluster.cluster_name)
        for name, service in self.services.items():
            CfnOutput(self, f"Service-{name}", value=service.service_name)
        if self._exec_enabled:
            command = exec_command(
                cluster=self.cluster.cluster_name,
                service=self.web.service.service_name,
                container=self.web.task.process.kind,
                region=Stack.of(self).region,
            )
            CfnOutput(self, "ExecCommand", value=command)
