"""Django on one EC2 instance with docker swarm: one construct, wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, get_args

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_iam as iam
import jsii
from aws_cdk import CfnOutput, Stack
from constructs import Construct

from .app import DjangoApp, DjangoAppProps
from .backing import ApplicationEnvironment
from .domain import Address, zone_of
from .ec2.checks import check_domain, check_gib, check_numbers, check_ssh, instance_type_for
from .ec2.data import DataBackup, DataFileSystem, DataStorage, DataVolume
from .ec2.frontend_image import frontend_image
from .ec2.machine import Door, Machine, machine_role
from .ec2.machine_files import MachineFiles
from .ec2.records import point_at
from .ec2.repositories import ImageRepositories
from .ec2.service_secrets import ServiceSecrets
from .ec2.stack_files import StackFiles
from .ec2.updates import Updates
from .errors import OptionError, check_choice, given, names_path, refuse_without
from .image import ApplicationImage
from .network import ApplicationVpc, vpc_values
from .removal import Removal
from .storage import AssetsBucket, LogBucket, grant_storage
from .swarm.target import BACKEND_PATHS, SwarmTarget, check_application

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_s3 as s3
    import aws_cdk.aws_s3_assets as s3_assets
    import aws_cdk.aws_secretsmanager as secretsmanager
    from aws_cdk import RemovalPolicy

_DATA = "/data"


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class DockerEc2(Construct):
    """Django on one EC2 instance: docker swarm, traefik, Postgres and Valkey. The cheapest way.

    The stack is complete when the application answers on the instance. A later deployment with
    another image or option updates the running swarm, waits for it, and fails when it fails, with
    the version before serving on.

    Each process runs ``scaling.min_count`` times: one machine does not grow with its load.

    :param frontend_image_directory: directory with a front end and its Dockerfile, whose image
        answers on port 8080; it has all paths but ``backend_paths``. Default: none.
    :param frontend_image_dockerfile: that Dockerfile, relative to the directory.
    :param backend_paths: path prefixes of the application beside a front end.
    :param domain_name: domain of the application. Default: none; plain HTTP on the address.
    :param zone_name: its hosted zone. Default: ``hosted_zone`` names it, or there is no domain.
    :param hosted_zone_id: the zone's id; without it the CDK command line looks the zone up.
    :param hosted_zone: the zone as an object, instead of the two above.
    :param certificate_secret: the user's own certificate instead of one of Let's Encrypt: a
        secret with the fields ``certificate`` and ``private_key``, both PEM.
    :param use_acme_staging: certificates of Let's Encrypt's staging server, which no browser
        trusts, for tests: the real one gives a domain few a week.
    :param stack_file_uri: the user's own stack file, a path or S3 asset, with ``${IMAGE}`` and the
        other variables of ``docs/deploy/ec2.md``; ``release_commands`` must be empty then.
        Default: made from the application.
    :param vpc: the user's own VPC with a public subnet. Default: a new one without NAT.
    :param instance_type: as EC2 names them. Default: ``t3.small``, or ``t4g.small`` for ``ARM64``.
    :param root_volume_gib: system disk with docker's images. A change replaces the instance.
    :param data_storage: ``ebs``, a disk of its own, the right one for Postgres; or ``efs``, which
        survives the loss of a zone and makes each commit slower.
    :param data_volume_gib: size of that disk; it can grow later.
    :param backup_days: days that daily backups of the data are kept; 0: none are made.
    :param use_postgres: run Postgres.
    :param use_valkey: run Valkey.
    :param use_portainer: run Portainer at ``portainer.<domain_name>``. It can do everything on
        the machine; its password is in Secrets Manager, its user ``admin``.
    :param use_ssh: open port 22; needs ``key_name`` and ``ssh_range``. Session Manager gives a
        shell without it.
    :param key_name: EC2 key pair of the instance. Default: none.
    :param ssh_range: addresses from which SSH is let in, ``203.0.113.7/32``. Default: none.
    :param images_kept: images that each of the two ECR repositories keeps.
    :param bucket_name: name of the assets bucket. Default: a generated one.
    :param bucket: the user's own assets bucket instead.
    :param upload_origins: origins whose pages may upload to a new bucket directly.
    :param cdn_domain: domain from which browsers read static and media files. Default: none.
    :param frontend_url: URL of a front end elsewhere; the application trusts its origin.
        Default: none.
    :param boot_timeout: seconds until the application must answer on a new machine.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks. Default: the data volume
        leaves a snapshot; bucket, backups, repositories, secrets and logs stay.
    :param app: the options of :class:`DjangoApp`: the image, the processes, the environment.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        frontend_image_directory: str | None = None,
        frontend_image_dockerfile: str = "Dockerfile",
        backend_paths: Sequence[str] = BACKEND_PATHS,
        domain_name: str | None = None,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_secret: secretsmanager.ISecret | None = None,
        use_acme_staging: bool = False,
        stack_file_uri: str | s3_assets.Asset | None = None,
        vpc: ec2.IVpc | None = None,
        instance_type: str | None = None,
        root_volume_gib: int = 30,
        data_storage: DataStorage = "ebs",
        data_volume_gib: int = 20,
        backup_days: int = 14,
        use_postgres: bool = True,
        use_valkey: bool = True,
        use_portainer: bool = False,
        use_ssh: bool = False,
        key_name: str | None = None,
        ssh_range: str | None = None,
        images_kept: int = 20,
        bucket_name: str | None = None,
        bucket: s3.IBucket | None = None,
        upload_origins: Sequence[str] = (),
        cdn_domain: str | None = None,
        frontend_url: str | None = None,
        boot_timeout: int = 1800,
        removal_policy: RemovalPolicy | None = None,
        **app: Unpack[DjangoAppProps],
    ) -> None:
        super().__init__(scope, id)
        self.app = DjangoApp.from_options(app)
        check_application(self.app)
        check_ssh(use_ssh=use_ssh, ssh_range=ssh_range, key_name=key_name)
        check_gib("root_volume_gib", root_volume_gib, least=16)
        check_gib("data_volume_gib", data_volume_gib, least=4)
        check_choice("data_storage", data_storage, get_args(DataStorage))
        check_numbers(backup_days=backup_days, images_kept=images_kept, boot_timeout=boot_timeout)
        refuse_without(
            'data_storage="ebs"',
            present=data_storage == "ebs" or None,
            data_volume_gib=given(data_volume_gib, 20),
        )
        refuse_without(
            "frontend_image_directory",
            present=frontend_image_directory,
            frontend_image_dockerfile=given(frontend_image_dockerfile, "Dockerfile"),
            backend_paths=given(tuple(backend_paths), BACKEND_PATHS),
        )
        check_domain(
            domain_name=domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
            certificate_secret=certificate_secret,
            use_acme_staging=use_acme_staging,
            use_portainer=use_portainer,
        )
        instance_type = instance_type_for(instance_type, self.app.cpu_architecture)
        removal = Removal(removal_policy)
        self.vpc: ec2.IVpc = vpc or ApplicationVpc(self, "Network", nat="none").vpc
        subnet = _public_subnet(self.vpc)
        self.door = Door(self, "Door", vpc=self.vpc, subnet=subnet, ssh_range=ssh_range)
        self._stand_at(
            domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
            portainer=use_portainer,
        )
        #: Access logs of the assets bucket, kept for 90 days.
        self.access_logs = LogBucket(self, "AccessLogs", removal=removal).bucket
        self.assets = AssetsBucket(
            self,
            "Assets",
            bucket=bucket,
            bucket_name=bucket_name,
            access_logs=self.access_logs,
            upload_origins=upload_origins,
            removal=removal,
        )
        #: The assets bucket: static and media files.
        self.static_file_bucket = self.assets.bucket
        self.repositories = ImageRepositories(
            self, "Repositories", keep=images_kept, removal=removal
        )
        self.image = ApplicationImage(self, "Image", app=self.app)
        #: Image of the front end; None without one.
        self.frontend_image = frontend_image(
            self,
            directory=frontend_image_directory,
            dockerfile=frontend_image_dockerfile,
            architecture=self.app.cpu_architecture,
        )
        self.secrets = ServiceSecrets(
            self,
            "Secrets",
            database=use_postgres,
            cache=use_valkey,
            portainer=use_portainer,
            certificate=certificate_secret,
            removal=removal,
        )
        self.environment = ApplicationEnvironment(
            self,
            "Environment",
            app=self.app,
            values={
                **self.secrets.values,
                **self.assets.values,
                **self.address.values(frontend_url=frontend_url, cdn_domain=cdn_domain),
                **vpc_values(self.vpc),
            },
        )
        target = SwarmTarget(
            host=self.address.host,
            tls="none" if domain_name is None else ("given" if certificate_secret else "acme"),
            acme_staging=use_acme_staging,
            environment=self.environment.plain,
            secrets=tuple(self.environment.secrets),
            database=use_postgres,
            cache=use_valkey,
            data_directory=_DATA,
            frontend=self.frontend_image is not None,
            backend_paths=tuple(backend_paths),
            portainer=use_portainer,
        )
        self.data: DataVolume | DataFileSystem = (
            DataVolume(
                self,
                "Data",
                zone=subnet.availability_zone,
                size_gib=data_volume_gib,
                removal=removal,
            )
            if data_storage == "ebs"
            else DataFileSystem(self, "Data", vpc=self.vpc, removal=removal)
        )
        #: Daily backups; None without them.
        self.backup = (
            DataBackup(self, "Backup", of=self.data, days=backup_days, removal=removal)
            if backup_days
            else None
        )
        files = MachineFiles(
            stack=StackFiles.of(self.app, target, stack_file_uri),
            settings=self._settings(),
            secrets={**self.environment.secrets, **self.secrets.for_services},
        )
        #: The instance's role, which every container on it can use.
        self.role = machine_role(self, "Role")
        self._grant()
        self.machine = Machine(
            self,
            "Machine",
            vpc=self.vpc,
            subnet=subnet,
            door=self.door,
            role=self.role,
            files=files,
            data=self.data,
            packages=["docker", "jq", *(["amazon-efs-utils"] if data_storage == "efs" else [])],
            instance_type=instance_type,
            cpu_architecture=self.app.cpu_architecture,
            root_volume_gib=root_volume_gib,
            key_name=key_name,
            boot_timeout=boot_timeout,
        )
        #: The EC2 instance.
        self.instance = self.machine.instance
        self.machine.wait_for(self.role, self.secrets, self.environment, self.assets)
        self.updates = Updates(
            self,
            "Updates",
            machine=self.machine,
            trigger={
                "Files": files.digest(self),
                "Image": self.image.uri,
                "Environment": {**self.environment.plain, **self.environment.masked},
            },
        )
        self._outputs()

    # Properties, not attributes: jsii asks for them when the construct is passed as a peer.

    @property
    def connections(self) -> ec2.Connections:
        """The instance as a peer: ``database.connections.allow_default_port_from(docker)``."""
        return self.door.security_group.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The instance's role as a grantee: ``queue.grant_send_messages(docker)``."""
        return self.role

    @property
    def public_ip(self) -> str:
        """The fixed public address."""
        return self.door.address.attr_public_ip

    def _stand_at(
        self,
        domain_name: str | None,
        *,
        zone_name: str | None,
        hosted_zone_id: str | None,
        hosted_zone: route53.IHostedZone | None,
        portainer: bool,
    ) -> None:
        """The domain, pointed at the fixed address, or that address alone."""
        #: The hosted zone; None without a domain.
        self.zone: route53.IHostedZone | None = None
        self.address = Address(host=self.public_ip, scheme="http")
        if domain_name is None:
            return
        self.zone, name = zone_of(
            self,
            "domain_name",
            domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
        )
        self.address = Address(host=domain_name, scheme="https", zone_name=name)
        point_at(
            self, zone=self.zone, host=domain_name, public_ip=self.public_ip, portainer=portainer
        )

    def _settings(self) -> Mapping[str, str]:
        """What the scripts on the machine are told."""
        frontend = {"FRONTEND_IMAGE": self.frontend_image.image_uri} if self.frontend_image else {}
        return {
            "STACK": "django",
            "IMAGE": self.image.uri,
            **frontend,
            "DOMAIN": self.address.host,
            "HOST": self.address.host,
            "PORT": "443" if self.zone else "80",
            "URL": f"{self.address.origin}{self.app.health_check_path}",
            "CODES": self.app.health_check_codes,
            "DATA": _DATA,
            "DATA_SOURCE": self.data.source,
            "STATE": f"{_DATA}/django-cdk",
            "AWS_DEFAULT_REGION": Stack.of(self).region,
        }

    def _grant(self) -> None:
        """What the machine may do: its secrets, its images, its bucket."""
        fields = {**self.environment.secrets, **self.secrets.for_services}
        granted = {one.secret.node.path: one.secret for one in fields.values()}
        for secret in granted.values():
            secret.grant_read(self.role)
        images = [self.image.repository, self.repositories.backend, self.repositories.frontend]
        if self.frontend_image:
            images.append(self.frontend_image.repository)
        for repository in images:
            if repository is not None:
                repository.grant_pull(self.role)
        grant_storage(self.static_file_bucket, self.role)

    def _outputs(self) -> None:
        """What a person or a CI job wants to copy after a deployment."""
        instance_id = self.instance.instance_id
        region = Stack.of(self).region
        CfnOutput(self, "Url", value=self.address.origin)
        CfnOutput(self, "PublicIp", value=self.public_ip)
        CfnOutput(self, "HostName", value=self.address.host)
        CfnOutput(self, "InstanceId", value=instance_id)
        CfnOutput(self, "StaticFileBucketName", value=self.static_file_bucket.bucket_name)
        CfnOutput(self, "BackendRepository", value=self.repositories.backend.repository_uri)
        CfnOutput(self, "FrontendRepository", value=self.repositories.frontend.repository_uri)
        CfnOutput(
            self,
            "ShellCommand",
            value=f"aws ssm start-session --region {region} --target {instance_id}",
        )
        CfnOutput(self, "UpdateCommand", value=self.updates.command(instance_id=instance_id))


def _public_subnet(vpc: ec2.IVpc) -> ec2.ISubnet:
    if not vpc.public_subnets:
        raise OptionError(
            "vpc",
            vpc.node.path,
            "it has no public subnets, in which the instance stands: add one.",
        )
    return vpc.public_subnets[0]
