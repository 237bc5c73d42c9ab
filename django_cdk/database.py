"""The database of an application: RDS Postgres, Aurora Serverless v2, or the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_rds as rds
import aws_cdk.aws_secretsmanager as secretsmanager
from aws_cdk import Duration
from constructs import Construct

from .environment import SecretField, parse
from .errors import OptionError, check_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .environment import Value
    from .network import Placement
    from .removal import Removal

USERNAME = "django"
PORT = 5432

# Everything but letters and digits: the password becomes part of a URL as it is.
_NO_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "

_DATABASE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")

_URL = parse(
    "postgres://{database.username}:{database.password}@{database.host}:{database.port}"
    "/{database.name}?sslmode=require"
)


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """An RDS for PostgreSQL instance: encrypted gp3 storage, TLS forced, reachable from the tasks.

    :param version: major version. The minor is AWS's choice and moves on in the maintenance
        window, so that a retired minor never breaks a new deployment.
    :param instance_type: without the ``db.`` prefix.
    :param storage_gib: allocated storage in GiB, at least 20.
    :param max_storage_gib: up to which storage grows by itself, in GiB.
    :param multi_az: a standby in a second zone; doubles the price of the instance.
    :param backup_days: days that automated backups are kept (1-35).
    :param database_name: name of the database in it, letters, digits and underscores. Changing it
        makes a new, empty database beside the old one.
    :param deletion_protection: refuse deletion until switched off. None: on, unless the
        application's ``removal_policy`` is ``DESTROY``.
    :raises OptionError: a version with a minor, storage or days outside their bounds, a name that
        Postgres refuses.
    """

    version: str = "17"
    instance_type: str = "t4g.micro"
    storage_gib: int = 20
    max_storage_gib: int = 100
    multi_az: bool = False
    backup_days: int = 7
    database_name: str = "django"
    deletion_protection: bool | None = None

    def __post_init__(self) -> None:
        _check_backup_days(self.backup_days)
        _check_database_name(self.database_name)
        if not self.version.isdigit():
            raise OptionError(
                "database.version", self.version, 'give the major version alone, such as "17".'
            )
        if self.storage_gib < 20:
            raise OptionError("database.storage_gib", self.storage_gib, "gp3 starts at 20 GiB.")
        if self.max_storage_gib < self.storage_gib:
            raise OptionError(
                "database.max_storage_gib",
                self.max_storage_gib,
                f"it lies below storage_gib {self.storage_gib}: give that or more.",
            )


@dataclass(frozen=True, kw_only=True)
class AuroraServerless:
    """An Aurora PostgreSQL Serverless v2 cluster, which grows and shrinks with its load.

    :param version: full version: Aurora knows no major-only one.
    :param min_acu: least capacity in Aurora capacity units (2 GiB each); 0 pauses when idle.
    :param max_acu: most capacity.
    :param auto_pause_minutes: idle minutes before it pauses, with ``min_acu=0`` (5-1440). The
        first request after a pause waits about 15 seconds.
    :param readers: readers beside the writer; one makes it survive the loss of a zone.
    :param backup_days: days that automated backups are kept (1-35).
    :param database_name: name of the database in it, letters, digits and underscores. Changing it
        makes a new, empty database beside the old one.
    :param deletion_protection: refuse deletion until switched off. None: on, unless the
        application's ``removal_policy`` is ``DESTROY``.
    :raises OptionError: a major version alone, capacity, minutes or days outside their bounds, a
        name that Postgres refuses.
    """

    version: str = "17.9"
    min_acu: float = 0
    max_acu: float = 4
    auto_pause_minutes: int = 30
    readers: int = 0
    backup_days: int = 7
    database_name: str = "django"
    deletion_protection: bool | None = None

    def __post_init__(self) -> None:
        _check_backup_days(self.backup_days)
        _check_database_name(self.database_name)
        if self.version.count(".") != 1:
            raise OptionError(
                "database.version", self.version, 'give a full Aurora version such as "17.9".'
            )
        if not 0 <= self.min_acu <= self.max_acu or not 1 <= self.max_acu <= 256:
            raise OptionError(
                "database.min_acu",
                (self.min_acu, self.max_acu),
                "give 0 <= min_acu <= max_acu and 1 <= max_acu <= 256.",
            )
        if not 5 <= self.auto_pause_minutes <= 1440:
            raise OptionError(
                "database.auto_pause_minutes", self.auto_pause_minutes, "give 5 to 1440 minutes."
            )


@dataclass(frozen=True, kw_only=True)
class ExistingDatabase:
    """A Postgres database that stands already.

    :param host: host name.
    :param secret: Secrets Manager secret with a JSON field ``password``.
    :param name: name of the database.
    :param username: user, as in the secret.
    :param port: port.
    :param security_group: its security group, to which the tasks are let in; None: the user
        opens the way.
    """

    host: str
    secret: secretsmanager.ISecret
    name: str
    username: str
    port: int = PORT
    security_group: ec2.ISecurityGroup | None = None


DatabaseChoice = Postgres | AuroraServerless | ExistingDatabase


class Database(Construct):
    """The database room: makes what was chosen and says how it is reached.

    :param choice: :class:`Postgres`, :class:`AuroraServerless` or :class:`ExistingDatabase`.
    :param vpc: its network.
    :param placement: the subnets for data.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        choice: DatabaseChoice,
        vpc: ec2.IVpc,
        placement: Placement,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        check_type(
            "database",
            choice,
            DatabaseChoice,
            "give Postgres(...), AuroraServerless(...), ExistingDatabase(...) or None.",
        )
        #: Security group of the user's own database; None where there is none, or it was made here.
        self.given_security_group: ec2.ISecurityGroup | None = None
        #: The RDS instance; None with another choice.
        self.instance: rds.DatabaseInstance | None = None
        #: The Aurora cluster; None with another choice.
        self.cluster: rds.DatabaseCluster | None = None
        if isinstance(choice, ExistingDatabase):
            #: Holds the password.
            self.secret: secretsmanager.ISecret = choice.secret
            #: As clients give it.
            self.host, self.name, self.username = choice.host, choice.name, choice.username
            #: As clients give it.
            self.port = str(choice.port)
            self.given_security_group = choice.security_group
            #: Lets peers in, on its port.
            self.connections = ec2.Connections(default_port=ec2.Port.tcp(choice.port))
            return
        if isinstance(choice, Postgres):
            made: rds.DatabaseInstance | rds.DatabaseCluster = _instance(
                self, choice, vpc, placement, removal
            )
        else:
            made = _aurora(self, choice, vpc, placement, removal)
        if isinstance(made, rds.DatabaseInstance):
            self.instance = made
            self.host = made.db_instance_endpoint_address
        else:
            self.cluster = made
            self.host = made.cluster_endpoint.hostname
        if made.secret is None:  # pragma: no cover - both are made with a generated secret
            raise AssertionError("RDS made no secret")
        made_secret = made.node.find_child("Secret")
        if isinstance(made_secret, secretsmanager.Secret):
            made_secret.apply_removal_policy(removal.other)
        self.secret = made.secret
        self.port, self.name, self.username = str(PORT), choice.database_name, USERNAME
        self.connections = made.connections

    @property
    def values(self) -> Mapping[str, Value]:
        """What each database token stands for."""
        return {
            "database.host": self.host,
            "database.port": self.port,
            "database.name": self.name,
            "database.username": self.username,
            "database.password": SecretField(self.secret, "password"),
            "database.secret": self.secret.secret_arn,
            "database.url": _URL,
        }


def _instance(
    scope: Construct, choice: Postgres, vpc: ec2.IVpc, placement: Placement, removal: Removal
) -> rds.DatabaseInstance:
    engine = rds.DatabaseInstanceEngine.postgres(
        version=rds.PostgresEngineVersion.of(choice.version, choice.version)
    )
    return rds.DatabaseInstance(
        scope,
        "Instance",
        engine=engine,
        instance_type=ec2.InstanceType(choice.instance_type),
        vpc=vpc,
        vpc_subnets=placement.data,
        credentials=_credentials(),
        database_name=choice.database_name,
        allocated_storage=choice.storage_gib,
        max_allocated_storage=choice.max_storage_gib,
        # Only a changed ``version`` asks for one, and that is the user's own word.
        allow_major_version_upgrade=True,
        storage_type=rds.StorageType.GP3,
        storage_encrypted=True,
        multi_az=choice.multi_az,
        backup_retention=Duration.days(choice.backup_days),
        delete_automated_backups=removal.destroys,
        copy_tags_to_snapshot=True,
        deletion_protection=_protected(choice, removal),
        removal_policy=removal.database,
        publicly_accessible=False,
        parameters={"rds.force_ssl": "1"},
        cloudwatch_logs_exports=["postgresql"],
    )


def _aurora(
    scope: Construct,
    choice: AuroraServerless,
    vpc: ec2.IVpc,
    placement: Placement,
    removal: Removal,
) -> rds.DatabaseCluster:
    version = rds.AuroraPostgresEngineVersion.of(choice.version, choice.version.split(".")[0])
    return rds.DatabaseCluster(
        scope,
        "Cluster",
        engine=rds.DatabaseClusterEngine.aurora_postgres(version=version),
        writer=rds.ClusterInstance.serverless_v2("Writer", publicly_accessible=False),
        readers=[
            rds.ClusterInstance.serverless_v2(
                f"Reader{number}", scale_with_writer=number == 1, publicly_accessible=False
            )
            for number in range(1, choice.readers + 1)
        ],
        serverless_v2_min_capacity=choice.min_acu,
        serverless_v2_max_capacity=choice.max_acu,
        serverless_v2_auto_pause_duration=Duration.minutes(choice.auto_pause_minutes)
        if choice.min_acu == 0
        else None,
        vpc=vpc,
        vpc_subnets=placement.data,
        credentials=_credentials(),
        default_database_name=choice.database_name,
        storage_encrypted=True,
        backup=rds.BackupProps(retention=Duration.days(choice.backup_days)),
        delete_automated_backups=removal.destroys,
        copy_tags_to_snapshot=True,
        deletion_protection=_protected(choice, removal),
        removal_policy=removal.database,
        parameters={"rds.force_ssl": "1"},
        cloudwatch_logs_exports=["postgresql"],
    )


def _credentials() -> rds.Credentials:
    return rds.Credentials.from_generated_secret(USERNAME, exclude_characters=_NO_PUNCTUATION)


def _protected(choice: Postgres | AuroraServerless, removal: Removal) -> bool:
    chosen = choice.deletion_protection
    return not removal.destroys if chosen is None else chosen


def _check_database_name(name: str) -> None:
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    if not _DATABASE_NAME.fullmatch(name):
        raise OptionError(
            "database.database_name",
            name,
            "give a letter, then up to 62 letters, digits or underscores.",
        )


def _check_backup_days(days: int) -> None:
    if not 1 <= days <= 35:
        raise OptionError("database.backup_days", days, "RDS keeps backups for 1 to 35 days.")
