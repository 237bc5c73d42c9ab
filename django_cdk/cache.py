"""The cache and message broker of an application: Valkey on ElastiCache, or the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_elasticache as elasticache
import aws_cdk.aws_secretsmanager as secretsmanager
from constructs import Construct

from .environment import as_field, parse
from .errors import OptionError, check_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .environment import SecretField, Value
    from .network import Placement
    from .removal import Removal

PORT = 6379


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """A Valkey replication group: encrypted at rest and in transit, with an AUTH token.

    :param version: Valkey version, major and minor.
    :param node_type: node type with its ``cache.`` prefix.
    :param replicas: replicas beside the primary (0-5); one or more, each in another zone, takes
        over when the primary fails.
    :param allow_plain_clients: accept connections without TLS too, and hand out a ``redis://``
        URL, for projects whose settings can't do TLS. There is no AUTH token then (ElastiCache
        refuses both together): that only the tasks reach it is its whole protection.
    :param snapshot_days: days that daily snapshots are kept; 0: none. Queued celery tasks are in
        them.
    :raises OptionError: replicas or days outside their bounds, a node type without ``cache.``.
    """

    version: str = "8.2"
    node_type: str = "cache.t4g.micro"
    replicas: int = 0
    allow_plain_clients: bool = False
    snapshot_days: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.replicas <= 5:
            raise OptionError("cache.replicas", self.replicas, "ElastiCache takes 0 to 5 replicas.")
        if not self.node_type.startswith("cache."):
            raise OptionError("cache.node_type", self.node_type, f"give 'cache.{self.node_type}'.")
        if not 0 <= self.snapshot_days <= 35:
            raise OptionError("cache.snapshot_days", self.snapshot_days, "give 0 to 35 days.")


@dataclass(frozen=True, kw_only=True)
class ExistingCache:
    """A Redis or Valkey that stands already.

    :param host: host name.
    :param port: port.
    :param secret: secret that holds its password as a whole, or :class:`SecretField`; None: none.
    :param tls: it speaks TLS.
    :param security_group: its security group, to which the tasks are let in; None: the user
        opens the way.
    """

    host: str
    port: int = PORT
    secret: SecretField | secretsmanager.ISecret | None = None
    tls: bool = True
    security_group: ec2.ISecurityGroup | None = None


CacheChoice = Valkey | ExistingCache


class Cache(Construct):
    """The cache room: makes what was chosen and says how it is reached.

    :param choice: :class:`Valkey` or :class:`ExistingCache`.
    :param vpc: its network.
    :param placement: the subnets for data.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        choice: CacheChoice,
        vpc: ec2.IVpc,
        placement: Placement,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        check_type("cache", choice, CacheChoice, "give Valkey(...), ExistingCache(...) or None.")
        #: Security group of the user's own cache; None where there is none, or it was made here.
        self.given_security_group: ec2.ISecurityGroup | None = None
        #: The replication group; None with the user's own cache.
        self.replication_group: elasticache.CfnReplicationGroup | None = None
        if isinstance(choice, ExistingCache):
            #: As clients give it.
            self.host, self.port, self.tls = choice.host, str(choice.port), choice.tls
            self.password = None if choice.secret is None else as_field(choice.secret)
            self.given_security_group = choice.security_group
            #: Lets peers in, on its port.
            self.connections = ec2.Connections(default_port=ec2.Port.tcp(choice.port))
        else:
            token = None if choice.allow_plain_clients else _auth_token(self, removal)
            group = ec2.SecurityGroup(
                self, "SecurityGroup", vpc=vpc, description="Valkey", allow_all_outbound=False
            )
            self.replication_group = _replication_group(
                self,
                choice,
                token,
                group,
                vpc.select_subnets(subnet_type=placement.data.subnet_type).subnet_ids,
            )
            self.replication_group.apply_removal_policy(removal.database)
            self.host = self.replication_group.attr_primary_end_point_address
            self.port, self.tls = str(PORT), not choice.allow_plain_clients
            self.password = as_field(token) if token else None
            self.connections = ec2.Connections(
                security_groups=[group], default_port=ec2.Port.tcp(PORT)
            )

    @property
    def values(self) -> Mapping[str, Value]:
        """What each cache token stands for."""
        values: dict[str, Value] = {
            "cache.host": self.host,
            "cache.port": self.port,
            "cache.url": parse(_url(tls=self.tls, password=self.password is not None)),
        }
        if self.password is not None:
            values["cache.password"] = self.password
        return values


def _url(*, tls: bool, password: bool) -> str:
    scheme, query = ("rediss", "?ssl_cert_reqs=required") if tls else ("redis", "")
    user = ":{cache.password}@" if password else ""
    return f"{scheme}://{user}{{cache.host}}:{{cache.port}}/0{query}"


def _auth_token(scope: Construct, removal: Removal) -> secretsmanager.Secret:
    return secretsmanager.Secret(
        scope,
        "AuthToken",
        description=f"AUTH token of the Valkey of {scope.node.path}",
        # Letters and digits only: the token becomes part of a URL as it is.
        generate_secret_string=secretsmanager.SecretStringGenerator(
            exclude_punctuation=True, password_length=64
        ),
        removal_policy=removal.other,
    )


def _replication_group(
    scope: Construct,
    choice: Valkey,
    token: secretsmanager.Secret | None,
    security_group: ec2.SecurityGroup,
    subnet_ids: list[str],
) -> elasticache.CfnReplicationGroup:
    subnets = elasticache.CfnSubnetGroup(
        scope,
        "SubnetGroup",
        description=f"Subnets for the Valkey of {scope.node.path}",
        subnet_ids=subnet_ids,
    )
    return elasticache.CfnReplicationGroup(
        scope,
        "ReplicationGroup",
        replication_group_description=f"Cache and broker of {scope.node.path}",
        engine="valkey",
        engine_version=choice.version,
        cache_node_type=choice.node_type,
        num_cache_clusters=1 + choice.replicas,
        automatic_failover_enabled=choice.replicas > 0,
        multi_az_enabled=choice.replicas > 0,
        at_rest_encryption_enabled=True,
        transit_encryption_enabled=True,
        transit_encryption_mode="preferred" if choice.allow_plain_clients else "required",
        auth_token=token.secret_value.unsafe_unwrap() if token else None,
        cache_subnet_group_name=subnets.ref,
        security_group_ids=[security_group.security_group_id],
        snapshot_retention_limit=choice.snapshot_days,
        auto_minor_version_upgrade=True,
        port=PORT,
    )
