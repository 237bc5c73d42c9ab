"""What an application leans on, as one: database, cache, assets bucket and SECRET_KEY."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_secretsmanager as secretsmanager
from aws_cdk import SecretValue
from constructs import Construct

from .cache import Cache, CacheChoice
from .database import Database, DatabaseChoice
from .environment import ResolvedEnvironment, SecretField, resolve
from .storage import AssetsBucket, grant_storage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_iam as iam
    import aws_cdk.aws_s3 as s3

    from .app import DjangoApp
    from .environment import Value
    from .network import Placement
    from .removal import Removal


class Backing(Construct):
    """The backing rooms of an application.

    :param vpc: their network.
    :param placement: the subnets for data.
    :param database: which database; None: the application has none.
    :param cache: which cache; None: the application has none.
    :param bucket: the user's own assets bucket.
    :param bucket_name: name of a new one.
    :param access_logs: bucket for the access logs of the assets bucket.
    :param upload_origins: origins whose pages may upload to a new bucket directly.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        placement: Placement,
        removal: Removal,
        database: DatabaseChoice | None,
        cache: CacheChoice | None,
        bucket: s3.IBucket | None = None,
        bucket_name: str | None = None,
        access_logs: s3.IBucket | None = None,
        upload_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        #: The database room; None without one.
        self.database = (
            Database(
                self, "Database", choice=database, vpc=vpc, placement=placement, removal=removal
            )
            if database
            else None
        )
        #: The cache room; None without one.
        self.cache = (
            Cache(self, "Cache", choice=cache, vpc=vpc, placement=placement, removal=removal)
            if cache
            else None
        )
        self.assets = AssetsBucket(
            self,
            "Assets",
            bucket=bucket,
            bucket_name=bucket_name,
            access_logs=access_logs,
            upload_origins=upload_origins,
            removal=removal,
        )
        #: SECRET_KEY, generated.
        self.secret_key = secretsmanager.Secret(
            self,
            "SecretKey",
            description=f"Django SECRET_KEY of {self.node.path}",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=64
            ),
            removal_policy=removal.other,
        )

    @property
    def values(self) -> Mapping[str, Value]:
        """What each token stands for, as far as the backing rooms know."""
        values: dict[str, Value] = {"secret_key": SecretField(self.secret_key)}
        for room in (self.database, self.cache, self.assets):
            values.update(room.values if room else {})
        return values

    def allow_from(self, tasks: ec2.ISecurityGroup) -> None:
        """Lets the tasks reach database and cache, and nobody else."""
        for room, name in ((self.database, "database"), (self.cache, "cache")):
            if room is not None:
                _allow(room, tasks, f"{name} from the application", id="FromTasks")

    def allow_cache_from(self, counter: ec2.ISecurityGroup) -> None:
        """Lets what counts the messages reach the cache; its group lets nothing out by itself."""
        if self.cache is None:
            return
        _allow(self.cache, counter, "count of messages", id="FromCounter")
        if not self.cache.connections.security_groups:
            given = self.cache.given_security_group
            peer = (
                ec2.Peer.security_group_id(given.security_group_id)
                if given
                # Where it stands only the user knows.
                else ec2.Peer.any_ipv4()
            )
            counter.add_egress_rule(peer, ec2.Port.tcp(int(self.cache.port)), "to the cache")

    def grant(self, role: iam.IGrantable) -> None:
        """What code of the application may do: read and write its objects, read its DB secret."""
        grant_storage(self.assets.bucket, role)
        if self.database:
            self.database.secret.grant_read(role)


def _allow(room: Database | Cache, group: ec2.ISecurityGroup, reason: str, *, id: str) -> None:
    room.connections.allow_default_port_from(group, reason)
    if room.given_security_group:
        # A rule of this stack on somebody else's security group, which may be another stack's:
        # there it would make the two wait for each other.
        ec2.CfnSecurityGroupIngress(
            room,
            id,
            group_id=room.given_security_group.security_group_id,
            source_security_group_id=group.security_group_id,
            ip_protocol="tcp",
            from_port=int(room.port),
            to_port=int(room.port),
            description=reason,
        )


class ApplicationEnvironment(Construct):
    """The environment of all containers of an application.

    Values that join text with a secret become fields of one further secret, which CloudFormation
    composes by dynamic reference: the text never passes through the template or a terminal.

    :param app: the application.
    :param values: what each token stands for.
    """

    def __init__(
        self, scope: Construct, id: str, *, app: DjangoApp, values: Mapping[str, Value]
    ) -> None:
        super().__init__(scope, id)
        resolved = resolve(app, values)
        #: Name -> plain value.
        self.plain: Mapping[str, str] = resolved.plain
        #: The composed secret; None when nothing needs composing.
        self.derived_secret = self._compose(resolved)
        #: Name -> secret field.
        self.secrets: Mapping[str, SecretField] = (
            {
                **resolved.secrets,
                **{name: SecretField(self.derived_secret, name) for name in resolved.derived},
            }
            if self.derived_secret
            else resolved.secrets
        )
        #: Name -> composed value with each secret masked. As a label of the container it makes a
        #: changed host or scheme a new task definition, which a changed secret alone would not.
        self.masked: Mapping[str, str] = {
            name: "".join("***" if isinstance(part, SecretField) else part for part in parts)
            for name, parts in resolved.derived.items()
        }

    def _compose(self, resolved: ResolvedEnvironment) -> secretsmanager.Secret | None:
        if not resolved.derived:
            return None
        return secretsmanager.Secret(
            self,
            "Derived",
            description=f"Composed values for the environment of {self.node.path}",
            secret_object_value={
                name: SecretValue.unsafe_plain_text("".join(map(_reference, parts)))
                for name, parts in resolved.derived.items()
            },
        )


def _reference(part: str | SecretField) -> str:
    if isinstance(part, str):
        return part
    value = (
        part.secret.secret_value_from_json(part.field) if part.field else part.secret.secret_value
    )
    return value.unsafe_unwrap()
