"""What DjangoEcs makes, written by hand with aws-cdk-lib alone: the measure of `make bench`.

A test compares the two templates: they have the same resources, by type and number. So this is
written as an engineer would write it who knows what it takes, and not to be slow.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import aws_cdk.aws_cloudwatch as cloudwatch
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecr_assets as ecr_assets
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_elasticache as elasticache
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import aws_cdk.aws_iam as iam
import aws_cdk.aws_lambda as lambda_
import aws_cdk.aws_logs as logs
import aws_cdk.aws_rds as rds
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_secretsmanager as secretsmanager
from aws_cdk import custom_resources

if TYPE_CHECKING:
    from constructs import Construct

HANDLERS = Path(__file__).parent.parent / "django_cdk" / "handlers"

CELERY = ("celery", "-A", "backend.celery_app:app")
WORKER = (*CELERY, "worker", "-Q", "celery", "--loglevel", "INFO")
BEAT = (*CELERY, "beat", "-s", "/tmp/celerybeat-schedule", "--pidfile=")  # noqa: S108
RELEASE = {
    "migrate": ["python", "manage.py", "migrate", "--noinput"],
    "collectstatic": ["python", "manage.py", "collectstatic", "--noinput"],
}


class PlainStack(cdk.Stack):
    """Django on Fargate with all that it leans on.

    :param image_directory: directory with the Dockerfile.
    :param celery: with a worker and beat.
    """

    def __init__(self, scope: Construct, id: str, *, image_directory: str, celery: bool) -> None:
        super().__init__(scope, id)
        self.network()
        self.buckets()
        self.database()
        self.cache()
        self.front_door()
        self.application(image_directory)
        self.release()
        services = [self.web()]
        if celery:
            worker, _ = self.service("Worker", WORKER, desired_count=1, min_healthy_percent=100)
            beat, _ = self.service(
                "Beat",
                BEAT,
                desired_count=1,
                min_healthy_percent=0,
                max_healthy_percent=100,
                availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.DISABLED,
            )
            services += [worker, beat]
        for service in services:
            service.node.add_dependency(self.released, self.urls)
        self.outputs(services)

    def network(self) -> None:
        """Three tiers over two zones, IPv4 and IPv6, one NAT gateway, one cluster."""
        tiers = (
            ("Public", ec2.SubnetType.PUBLIC),
            ("Private", ec2.SubnetType.PRIVATE_WITH_EGRESS),
            ("Isolated", ec2.SubnetType.PRIVATE_ISOLATED),
        )
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_protocol=ec2.IpProtocol.DUAL_STACK,
            max_azs=2,
            nat_gateways=1,
            restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=20)
                for name, kind in tiers
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        self.isolated = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self.vpc,
            container_insights_v2=ecs.ContainerInsights.DISABLED,
        )
        self.tasks = ec2.SecurityGroup(self, "TasksSecurityGroup", vpc=self.vpc)

    def buckets(self) -> None:
        """One bucket for access logs, one for static and media files."""
        self.log_bucket = self.bucket("LogBucket", cdk.Duration.days(90))
        self.assets = self.bucket("AssetsBucket", None, server_access_logs_bucket=self.log_bucket)

    def bucket(self, id: str, expiration: cdk.Duration | None, **options: s3.IBucket) -> s3.Bucket:
        """A private bucket."""
        upload = None if expiration else cdk.Duration.days(7)
        rule = s3.LifecycleRule(
            expiration=expiration, abort_incomplete_multipart_upload_after=upload
        )
        return s3.Bucket(
            self,
            id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[rule],
            removal_policy=cdk.RemovalPolicy.RETAIN,
            **options,  # type: ignore[arg-type]
        )

    def database(self) -> None:
        """RDS Postgres, which the tasks reach."""
        self.rds = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.of("17", "17")
            ),
            instance_type=ec2.InstanceType("t4g.micro"),
            vpc=self.vpc,
            vpc_subnets=self.isolated,
            credentials=rds.Credentials.from_generated_secret("django", exclude_characters="/@: "),
            database_name="django",
            allocated_storage=20,
            max_allocated_storage=100,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            backup_retention=cdk.Duration.days(7),
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            publicly_accessible=False,
            parameters={"rds.force_ssl": "1"},
            cloudwatch_logs_exports=["postgresql"],
        )
        self.rds.connections.allow_default_port_from(self.tasks)
        if self.rds.secret is None:
            raise AssertionError("a generated secret is one")
        self.password = self.rds.secret

    def cache(self) -> None:
        """Valkey, which the tasks reach; and the two other generated secrets."""
        self.token = self.generated("CacheToken")
        self.secret_key = self.generated("SecretKey")
        group = ec2.SecurityGroup(
            self, "CacheSecurityGroup", vpc=self.vpc, allow_all_outbound=False
        )
        group.add_ingress_rule(self.tasks, ec2.Port.tcp(6379))
        subnets = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="Isolated subnets",
            subnet_ids=self.vpc.select_subnets(
                subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
            ).subnet_ids,
        )
        self.valkey = elasticache.CfnReplicationGroup(
            self,
            "Cache",
            replication_group_description="Cache and broker",
            engine="valkey",
            engine_version="8.2",
            cache_node_type="cache.t4g.micro",
            num_cache_clusters=1,
            automatic_failover_enabled=False,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=self.token.secret_value.unsafe_unwrap(),
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[group.security_group_id],
            snapshot_retention_limit=1,
            port=6379,
        )
        self.valkey.apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)

    def generated(self, id: str) -> secretsmanager.Secret:
        """A secret of letters and digits."""
        return secretsmanager.Secret(
            self,
            id,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=64
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def front_door(self) -> None:
        """A public load balancer with access logs."""
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc,
            internet_facing=True,
            ip_address_type=elbv2.IpAddressType.DUAL_STACK,
            drop_invalid_header_fields=True,
        )
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", self.log_bucket.bucket_name)
        self.log_bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"],
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                resources=[self.log_bucket.arn_for_objects(f"AWSLogs/{self.account}/*")],
            )
        )
        self.listener = self.load_balancer.add_listener("Http", port=80, open=True)

    def application(self, image_directory: str) -> None:
        """Image, roles and environment of all tasks."""
        asset = ecr_assets.DockerImageAsset(
            self,
            "Image",
            directory=image_directory,
            platform=ecr_assets.Platform.LINUX_AMD64,
            exclude=["**/.git", "**/__pycache__", "**/.venv", "**/node_modules"],
        )
        self.image_uri = asset.image_uri
        self.image = ecs.ContainerImage.from_docker_image_asset(asset)
        principal = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        self.task_role = iam.Role(self, "TaskRole", assumed_by=principal)
        self.execution_role = iam.Role(self, "ExecutionRole", assumed_by=principal)
        self.assets.grant_read_write(self.task_role)
        self.password.grant_read(self.task_role)
        host = self.load_balancer.load_balancer_dns_name
        self.variables = {
            "DEBUG": "0",
            "POSTGRES_SERVICE_HOST": self.rds.db_instance_endpoint_address,
            "POSTGRES_SERVICE_PORT": "5432",
            "POSTGRES_NAME": "django",
            "POSTGRES_USERNAME": "django",
            "DB_SECRET_NAME": self.password.secret_arn,
            "REDIS_SERVICE_HOST": self.valkey.attr_primary_end_point_address,
            "S3_BUCKET_NAME": self.assets.bucket_name,
            "AWS_STORAGE_BUCKET_NAME": self.assets.bucket_name,
            "AWS_S3_REGION_NAME": self.region,
            "ALLOWED_HOSTS": host,
            "ALLOWED_CIDR_NETS": self.vpc.vpc_cidr_block,
            "CSRF_TRUSTED_ORIGINS": f"http://{host}",
        }
        database = self.password.secret_value_from_json("password").unsafe_unwrap()
        cache = self.token.secret_value.unsafe_unwrap()
        postgres = f"{self.rds.db_instance_endpoint_address}:5432/django?sslmode=require"
        valkey = f"{self.valkey.attr_primary_end_point_address}:6379/0?ssl_cert_reqs=required"
        composed = {
            "DATABASE_URL": f"postgres://django:{database}@{postgres}",
            **dict.fromkeys(
                ("REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"),
                f"rediss://:{cache}@{valkey}",
            ),
        }
        self.urls = secretsmanager.Secret(
            self,
            "Urls",
            secret_object_value={
                name: cdk.SecretValue.unsafe_plain_text(value) for name, value in composed.items()
            },
        )
        self.secrets = {
            "SECRET_KEY": ecs.Secret.from_secrets_manager(self.secret_key),
            "POSTGRES_PASSWORD": ecs.Secret.from_secrets_manager(self.password, "password"),
            **{name: ecs.Secret.from_secrets_manager(self.urls, name) for name in composed},
        }

    def task(
        self, name: str, command: tuple[str, ...] | None, *, port: int | None = None
    ) -> tuple[ecs.FargateTaskDefinition, logs.LogGroup]:
        """A task definition with one container and its log group."""
        log_group = logs.LogGroup(
            self,
            f"{name}Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        definition = ecs.FargateTaskDefinition(
            self,
            f"{name}Task",
            cpu=512,
            memory_limit_mib=1024,
            task_role=self.task_role,
            execution_role=self.execution_role,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )
        definition.add_container(
            name.lower(),
            image=self.image,
            command=None if command is None else list(command),
            environment=self.variables,
            secrets=self.secrets,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=name.lower(), log_group=log_group),
            port_mappings=[ecs.PortMapping(container_port=port)] if port else None,
            stop_timeout=cdk.Duration.seconds(30),
            linux_parameters=ecs.LinuxParameters(self, f"{name}Linux", init_process_enabled=True),
        )
        return definition, log_group

    def service(
        self,
        name: str,
        command: tuple[str, ...] | None,
        *,
        port: int | None = None,
        **options: object,
    ) -> tuple[ecs.FargateService, ecs.FargateTaskDefinition]:
        """A Fargate service."""
        definition, _ = self.task(name, command, port=port)
        service = ecs.FargateService(
            self,
            name,
            cluster=self.cluster,
            task_definition=definition,
            security_groups=[self.tasks],
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
            **options,  # type: ignore[arg-type]
        )
        return service, definition

    def web(self) -> ecs.FargateService:
        """The web service behind the load balancer, scaled on CPU, with two alarms."""
        service, _ = self.service(
            "Web",
            None,
            port=8000,
            min_healthy_percent=100,
            health_check_grace_period=cdk.Duration.seconds(60),
        )
        target_group = self.listener.add_targets(
            "Web",
            port=80,
            targets=[service],
            deregistration_delay=cdk.Duration.seconds(30),
            health_check=elbv2.HealthCheck(path="/api/health-check/", healthy_http_codes="200-399"),
        )
        count = service.auto_scale_task_count(min_capacity=1, max_capacity=4)
        count.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=60,
            scale_out_cooldown=cdk.Duration.seconds(60),
            scale_in_cooldown=cdk.Duration.minutes(5),
        )
        unhealthy = target_group.metrics.healthy_host_count(
            period=cdk.Duration.minutes(1), statistic="Minimum"
        )
        unhealthy.create_alarm(
            self,
            "Unhealthy",
            threshold=1,
            evaluation_periods=3,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        errors = target_group.metrics.http_code_target(
            elbv2.HttpCodeTarget.TARGET_5XX_COUNT,
            period=cdk.Duration.minutes(5),
            statistic="Sum",
        )
        errors.create_alarm(
            self,
            "Errors",
            threshold=10,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        return service

    def release(self) -> None:
        """The release commands as custom resources, one after the other."""
        definition, log_group = self.task("Release", None)
        on_event, is_complete = self.function("on_event"), self.function("is_complete")
        framework_logs = self.function_logs("FrameworkLogs")
        provider = custom_resources.Provider(
            self,
            "ReleaseProvider",
            on_event_handler=on_event,
            is_complete_handler=is_complete,
            query_interval=cdk.Duration.seconds(10),
            total_timeout=cdk.Duration.hours(1),
            log_group=framework_logs,
            framework_on_event_role=self.function_role("FrameworkOnEventRole", framework_logs),
            framework_complete_and_timeout_role=self.function_role(
                "FrameworkWaitRole", framework_logs
            ),
            disable_waiter_state_machine_logging=True,
        )
        for function in (on_event, is_complete):
            self.allow_release(function, definition, log_group)
        before: list[Construct] = [self.vpc, self.rds, self.valkey, self.urls]
        for name, words in RELEASE.items():
            command = cdk.CustomResource(
                self,
                f"Release-{name}",
                service_token=provider.service_token,
                resource_type="Custom::DjangoReleaseCommand",
                properties=self.command(name, words, definition, log_group),
            )
            command.node.add_dependency(*before)
            before = [command]
        self.released = before[0]

    def command(
        self,
        name: str,
        words: list[str],
        definition: ecs.FargateTaskDefinition,
        log_group: logs.LogGroup,
    ) -> dict[str, object]:
        """What the functions are told of a release command."""
        return {
            "Name": name,
            "Cluster": self.cluster.cluster_arn,
            "TaskDefinition": definition.task_definition_arn,
            "Container": "release",
            "Command": words,
            "Subnets": self.vpc.select_subnets(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ).subnet_ids,
            "SecurityGroups": [self.tasks.security_group_id],
            "AssignPublicIp": "DISABLED",
            "LogGroup": log_group.log_group_name,
            "LogStreamPrefix": "release",
            "TimeoutSeconds": "1800",
            "Trigger": {"Image": self.image_uri, "Environment": self.variables},
        }

    def function(self, door: str) -> lambda_.Function:
        """A door of the handlers as a function."""
        log_group = self.function_logs(f"{door}Logs")
        return lambda_.Function(
            self,
            door,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler=f"release.index.{door}",
            code=lambda_.Code.from_asset(str(HANDLERS), exclude=["**/__pycache__"]),
            timeout=cdk.Duration.minutes(1),
            memory_size=256,
            role=self.function_role(f"{door}Role", log_group),
            log_group=log_group,
        )

    def function_logs(self, id: str) -> logs.LogGroup:
        """Logs of a function."""
        return logs.LogGroup(
            self,
            id,
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def function_role(self, id: str, log_group: logs.LogGroup) -> iam.Role:
        """A role that may write those logs."""
        role = iam.Role(self, id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        return role

    def allow_release(
        self,
        function: lambda_.Function,
        definition: ecs.FargateTaskDefinition,
        log_group: logs.LogGroup,
    ) -> None:
        """Let a function run release tasks in the cluster and read their logs."""
        in_cluster = {"ArnEquals": {"ecs:cluster": self.cluster.cluster_arn}}
        tasks = self.format_arn(
            service="ecs", resource="task", resource_name=f"{self.cluster.cluster_name}/*"
        )
        roles = [self.task_role.role_arn, self.execution_role.role_arn]
        for actions, resources, conditions in (
            (["cloudformation:DescribeStacks"], [self.stack_id], None),
            (["ecs:RunTask"], [definition.task_definition_arn], in_cluster),
            (["ecs:ListTasks"], ["*"], in_cluster),
            (["ecs:TagResource", "ecs:DescribeTasks", "ecs:StopTask"], [tasks], None),
            (["iam:PassRole"], roles, None),
            (["logs:GetLogEvents"], [log_group.log_group_arn], None),
        ):
            function.add_to_role_policy(
                iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
            )

    def outputs(self, services: list[ecs.FargateService]) -> None:
        """What a person wants to copy."""
        cdk.CfnOutput(self, "Url", value=f"http://{self.load_balancer.load_balancer_dns_name}")
        cdk.CfnOutput(self, "Bucket", value=self.assets.bucket_name)
        cdk.CfnOutput(self, "ClusterName", value=self.cluster.cluster_name)
        for service in services:
            cdk.CfnOutput(self, f"{service.node.id}Service", value=service.service_name)
