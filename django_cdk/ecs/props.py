"""The options of DjangoEcs that constructs around it hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.app import DjangoAppProps

if TYPE_CHECKING:
    import aws_cdk.aws_ec2 as ec2
    import aws_cdk.aws_ecs as ecs
    import aws_cdk.aws_logs as logs
    import aws_cdk.aws_s3 as s3
    import aws_cdk.aws_sns as sns

    from django_cdk.cache import CacheChoice
    from django_cdk.database import DatabaseChoice
    from django_cdk.network import Nat


class DjangoEcsProps(DjangoAppProps, total=False):
    """Options of :class:`DjangoApp`, and those of :class:`DjangoEcs` that are not about its domain.

    Meaning and defaults: :class:`DjangoEcs`.
    """

    vpc: ec2.IVpc | None
    nat: Nat
    cluster: ecs.ICluster | None
    database: DatabaseChoice | None
    cache: CacheChoice | None
    bucket_name: str | None
    bucket: s3.IBucket | None
    use_ecs_exec: bool
    container_insights: bool
    log_retention: logs.RetentionDays
    release_timeout: int
    release_id: str | None
    alarm_topic: sns.ITopic | None
