"""The web process: a Fargate service behind an Application Load Balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_ecs_patterns as patterns
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
from aws_cdk import Duration
from constructs import Construct

from .scaling import scale

if TYPE_CHECKING:
    import aws_cdk.aws_certificatemanager as acm

    from django_cdk.storage import LogBucket

    from .tasks import ApplicationTasks

# The server's own keep-alive must be longer (gunicorn: --keep-alive 75), else the load balancer
# sends requests into connections that are just being closed, and answers 502.
_IDLE_TIMEOUT = Duration.seconds(60)
_DEREGISTRATION_DELAY = Duration.seconds(30)

_ACCESS_LOG_PREFIX = "load-balancer"


class WebLoadBalancer(Construct):
    """The load balancer of an application, with access logs; invalid headers are dropped.

    :param vpc: its network.
    :param subnets: for an internal one; None: public subnets and public addresses.
    :param ipv6: it answers over IPv6 too; the VPC's subnets must have IPv6 ranges.
    :param logs: bucket for its access logs; None: none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection | None,
        ipv6: bool,
        logs: LogBucket | None,
    ) -> None:
        super().__init__(scope, id)
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=vpc,
            internet_facing=subnets is None,
            vpc_subnets=subnets,
            ip_address_type=elbv2.IpAddressType.DUAL_STACK if ipv6 else None,
            drop_invalid_header_fields=True,
            idle_timeout=_IDLE_TIMEOUT,
        )
        if logs is not None:
            self._log_to(logs)

    def _log_to(self, logs: LogBucket) -> None:
        for key, value in (
            ("access_logs.s3.enabled", "true"),
            ("access_logs.s3.bucket", logs.bucket.bucket_name),
            ("access_logs.s3.prefix", _ACCESS_LOG_PREFIX),
        ):
            self.load_balancer.set_attribute(key, value)
        logs.grant_load_balancer(_ACCESS_LOG_PREFIX)
        # The load balancer writes a test object when it is told of the bucket.
        if logs.bucket.policy:
            self.load_balancer.node.add_dependency(logs.bucket.policy)


class WebService(Construct):
    """The web process as a service.

    :param tasks: what all tasks share.
    :param load_balancer: in front of it.
    :param certificate: for HTTPS, with HTTP redirected; None: plain HTTP.
    :param public_load_balancer: the load balancer is a public one.
    :param open_listener: its listeners are open to the world; else the user opens them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tasks: ApplicationTasks,
        load_balancer: elbv2.IApplicationLoadBalancer,
        certificate: acm.ICertificate | None,
        public_load_balancer: bool,
        open_listener: bool,
    ) -> None:
        super().__init__(scope, id)
        # A target group can't change over to the load balancer that takes another one's place when
        # it becomes public or internal: this names it anew.
        self.node.set_context("@aws-cdk/aws-ecs-patterns:uniqueTargetGroupId", True)
        app = tasks.app
        scaling = app.web_scaling
        self.task = tasks.define(self, app.web)
        pattern = patterns.ApplicationLoadBalancedFargateService(
            self,
            "Pattern",
            cluster=tasks.cluster,
            task_definition=self.task.definition,
            load_balancer=load_balancer,
            public_load_balancer=public_load_balancer,
            open_listener=open_listener,
            certificate=certificate,
            protocol=elbv2.ApplicationProtocol.HTTPS
            if certificate
            else elbv2.ApplicationProtocol.HTTP,
            redirect_http=certificate is not None,
            ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS if certificate else None,
            security_groups=[tasks.security_group],
            task_subnets=tasks.placement.tasks,
            assign_public_ip=tasks.placement.assign_public_ip,
            desired_count=scaling.min_count,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            health_check_grace_period=Duration.seconds(app.health_check_grace),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
            enable_execute_command=tasks.exec_enabled,
        )
        # Its outputs would show the load balancer's name as an HTTPS address.
        for output in ("LoadBalancerDNS", "ServiceURL"):
            pattern.node.try_remove_child(output)
        #: The ECS service.
        self.service = pattern.service
        #: On 443, or on 80 without a domain.
        self.listener = pattern.listener
        #: On 80, which redirects; None without a domain.
        self.redirect_listener = pattern.redirect_listener
        #: The tasks, as the load balancer knows them.
        self.target_group = pattern.target_group
        self.target_group.configure_health_check(
            path=app.health_check_path, healthy_http_codes=app.health_check_codes
        )
        self.target_group.set_attribute(
            "deregistration_delay.timeout_seconds", str(_DEREGISTRATION_DELAY.to_seconds())
        )
        #: The scalable number of tasks; None when it is fixed.
        self.scaling = scale(self.service, scaling, self.target_group)
