"""The database: RDS Postgres by default, Aurora Serverless v2 by choice."""

from __future__ import annotations

import pytest

from django_cdk import AuroraServerless, Postgres
from tests.stacks import Resource, Synthesized, Template, synthesize


@pytest.fixture(scope="module")
def instance(blog: Synthesized) -> Resource:
    return blog.template.one("AWS::RDS::DBInstance")


@pytest.fixture(scope="module")
def aurora() -> Synthesized:
    return synthesize(database=AuroraServerless(readers=1))


@pytest.fixture(scope="module")
def cluster(aurora: Synthesized) -> Resource:
    return aurora.template.one("AWS::RDS::DBCluster")


def test_is_postgres_by_its_major_version_alone(instance: Resource) -> None:
    """So that a minor version that AWS retires never breaks a new deployment."""
    assert (instance["Engine"], instance["EngineVersion"]) == ("postgres", "17")


def test_another_major_version_is_an_upgrade_and_no_error(instance: Resource) -> None:
    assert instance["AllowMajorVersionUpgrade"] is True


def test_storage_is_encrypted_gp3_that_grows(instance: Resource) -> None:
    assert instance["StorageEncrypted"] is True
    assert instance["StorageType"] == "gp3"
    assert instance["MaxAllocatedStorage"] > int(instance["AllocatedStorage"])


def test_is_backed_up_for_a_week(instance: Resource) -> None:
    assert instance["BackupRetentionPeriod"] == 7


def test_can_not_be_deleted_by_mistake(instance: Resource) -> None:
    assert instance["DeletionProtection"] is True
    assert instance["DeleteAutomatedBackups"] is False
    assert instance.deletion_policy == "Snapshot"


def test_refuses_connections_without_tls(blog: Synthesized, instance: Resource) -> None:
    group = blog.template.one("AWS::RDS::DBParameterGroup")

    assert instance["DBParameterGroupName"] == group.ref
    assert group["Parameters"]["rds.force_ssl"] == "1"


def test_stands_in_one_zone_unless_asked_for_two(instance: Resource) -> None:
    two = synthesize(database=Postgres(multi_az=True)).template.one("AWS::RDS::DBInstance")

    assert (instance["MultiAZ"], two["MultiAZ"]) == (False, True)


def test_stands_in_the_isolated_subnets(blog: Synthesized, instance: Resource) -> None:
    group = blog.template.one("AWS::RDS::DBSubnetGroup")

    assert instance["DBSubnetGroupName"] == group.ref
    assert group["SubnetIds"] == [one.ref for one in blog.template.subnets("Isolated")]
    assert instance["PubliclyAccessible"] is False


def test_can_be_reached_from_the_tasks_only(blog: Synthesized, instance: Resource) -> None:
    template, tasks = blog.template, blog.template.of(blog.construct.tasks.security_group)
    (group,) = [
        one
        for one in template.of_type("AWS::EC2::SecurityGroup")
        if one.attribute("GroupId") in instance["VPCSecurityGroups"]
    ]

    (rule,) = template.ingress(group)
    assert rule["SourceSecurityGroupId"] == tasks.attribute("GroupId")
    assert rule["FromPort"] == rule["ToPort"] == instance.attribute("Endpoint.Port")


def test_its_password_is_generated_without_a_character_that_a_url_reserves(
    blog: Synthesized,
) -> None:
    secret = blog.template.of(blog.construct.backing.database.instance.node.find_child("Secret"))
    generated = secret["GenerateSecretString"]

    assert generated["GenerateStringKey"] == "password"
    assert set(generated["ExcludeCharacters"]) >= set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")


def test_its_logs_are_exported(instance: Resource) -> None:
    assert instance["EnableCloudwatchLogsExports"] == ["postgresql"]


def test_sizes_and_names_are_options() -> None:
    chosen = Postgres(
        version="16",
        instance_type="m8g.large",
        storage_gib=50,
        max_storage_gib=500,
        backup_days=30,
        database_name="blog",
        deletion_protection=False,
    )
    template = synthesize(database=chosen).template
    instance = template.one("AWS::RDS::DBInstance")

    assert {name: instance[name] for name in ("EngineVersion", "DBInstanceClass", "DBName")} == {
        "EngineVersion": "16",
        "DBInstanceClass": "db.m8g.large",
        "DBName": "blog",
    }
    assert (instance["AllocatedStorage"], instance["MaxAllocatedStorage"]) == ("50", 500)
    assert (instance["BackupRetentionPeriod"], instance["DeletionProtection"]) == (30, False)
    assert template.environment()["POSTGRES_NAME"] == "blog"


def test_aurora_is_serverless_and_pauses_when_idle(cluster: Resource) -> None:
    assert cluster["Engine"] == "aurora-postgresql"
    assert cluster["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 4,
        "SecondsUntilAutoPause": 1800,
    }


def test_aurora_that_never_pauses_has_no_idle_time() -> None:
    template = synthesize(database=AuroraServerless(min_acu=0.5)).template

    scaling = template.one("AWS::RDS::DBCluster")["ServerlessV2ScalingConfiguration"]
    assert scaling == {"MinCapacity": 0.5, "MaxCapacity": 4}


def test_aurora_runs_its_writer_and_readers_serverless(aurora: Synthesized) -> None:
    instances = aurora.template.of_type("AWS::RDS::DBInstance")

    assert [one["DBInstanceClass"] for one in instances] == ["db.serverless", "db.serverless"]
    assert [one["PubliclyAccessible"] for one in instances] == [False, False]


def test_aurora_is_as_safe_as_the_instance(cluster: Resource) -> None:
    assert cluster["StorageEncrypted"] is True
    assert cluster["DeletionProtection"] is True
    assert cluster["BackupRetentionPeriod"] == 7
    assert cluster["CopyTagsToSnapshot"] is True
    assert cluster.deletion_policy == "Snapshot"


def test_aurora_refuses_connections_without_tls(aurora: Synthesized, cluster: Resource) -> None:
    group = aurora.template.one("AWS::RDS::DBClusterParameterGroup")

    assert cluster["DBClusterParameterGroupName"] == group.ref
    assert group["Parameters"]["rds.force_ssl"] == "1"


def test_aurora_can_be_reached_from_the_tasks_only(aurora: Synthesized, cluster: Resource) -> None:
    template, tasks = aurora.template, aurora.template.of(aurora.construct.tasks.security_group)
    (group,) = [
        one
        for one in template.of_type("AWS::EC2::SecurityGroup")
        if one.attribute("GroupId") in cluster["VpcSecurityGroupIds"]
    ]

    (rule,) = template.ingress(group)
    assert rule["SourceSecurityGroupId"] == tasks.attribute("GroupId")


def test_aurora_stands_in_the_isolated_subnets(aurora: Synthesized) -> None:
    group = aurora.template.one("AWS::RDS::DBSubnetGroup")

    assert group["SubnetIds"] == [one.ref for one in aurora.template.subnets("Isolated")]


def test_aurora_is_where_the_application_looks(aurora: Synthesized, cluster: Resource) -> None:
    host = aurora.template.environment()["POSTGRES_SERVICE_HOST"]

    assert host == cluster.attribute("Endpoint.Address")


@pytest.fixture(scope="module")
def none() -> Template:
    return synthesize(database=None).template


def test_without_a_database_nothing_of_it_is_made(none: Template) -> None:
    assert [one for one in none.types if "RDS" in one] == []


def test_without_a_database_the_application_hears_of_none(none: Template) -> None:
    names = {*none.environment(), *none.secrets()}

    assert [name for name in names if "POSTGRES" in name or name == "DATABASE_URL"] == []
