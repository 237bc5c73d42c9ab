"""What stays when a stack is deleted: by default, for test stacks, and with RETAIN."""

from __future__ import annotations

import pytest
from aws_cdk import RemovalPolicy

from django_cdk import AuroraServerless, Postgres
from tests.stacks import Template, synthesize

#: Everything that holds state -> what happens to it by default when the stack is deleted. What a
#: first deployment made and left empty when it failed goes; its logs stay, they tell why.
KEPT = {
    "AWS::RDS::DBInstance": "Snapshot",
    "AWS::ElastiCache::ReplicationGroup": "Snapshot",
    "AWS::S3::Bucket": "RetainExceptOnCreate",
    "AWS::KMS::Key": "RetainExceptOnCreate",
    "AWS::SecretsManager::Secret": "RetainExceptOnCreate",
    "AWS::Logs::LogGroup": "Retain",
}


def build(policy: RemovalPolicy | None) -> Template:
    options = {} if policy is None else {"removal_policy": policy}
    return synthesize(celery_app="blog", use_ecs_exec=True, **options).template


@pytest.fixture(scope="module")
def default() -> Template:
    return build(None)


@pytest.fixture(scope="module")
def destroyed() -> Template:
    return build(RemovalPolicy.DESTROY)


@pytest.fixture(scope="module")
def retained() -> Template:
    return build(RemovalPolicy.RETAIN)


def policies(template: Template, type_name: str) -> set[str]:
    """The deletion policies of all resources of a type that hold state of the application."""
    return {
        one.deletion_policy
        for one in template.of_type(type_name)
        # The provider's logs and the secret composed of others can be made again.
        if not one.id.startswith("DjangoReleaseProvider") and "SecretString" not in one.properties
    }


@pytest.mark.parametrize("type_name", KEPT)
def test_by_default_nothing_is_lost(default: Template, type_name: str) -> None:
    # The log of shells goes with its key, which is as empty as it is: see test_exec.py.
    shells = {"RetainExceptOnCreate"} if type_name == "AWS::Logs::LogGroup" else set()

    assert policies(default, type_name) - shells == {KEPT[type_name]}


@pytest.mark.parametrize("type_name", KEPT)
def test_with_destroy_nothing_stays(destroyed: Template, type_name: str) -> None:
    assert policies(destroyed, type_name) == {"Delete"}


@pytest.mark.parametrize("type_name", KEPT)
def test_with_retain_everything_stays_as_it_is(retained: Template, type_name: str) -> None:
    assert policies(retained, type_name) == {"Retain"}


@pytest.mark.parametrize("template", ["default", "destroyed", "retained"])
def test_a_replaced_resource_is_treated_like_a_deleted_one(
    request: pytest.FixtureRequest, template: str
) -> None:
    for resource in request.getfixturevalue(template).resources.values():
        on_deletion = resource.definition.get("DeletionPolicy")
        kept = "Retain" if on_deletion == "RetainExceptOnCreate" else on_deletion
        assert resource.definition.get("UpdateReplacePolicy") == kept


def test_no_other_resource_stays_by_accident(default: Template) -> None:
    kept = {one.type for one in default.resources.values() if one.deletion_policy != "Delete"}

    assert kept == set(KEPT)


def test_with_destroy_the_database_can_be_deleted_and_its_backups_go(destroyed: Template) -> None:
    instance = destroyed.one("AWS::RDS::DBInstance")

    assert (instance["DeletionProtection"], instance["DeleteAutomatedBackups"]) == (False, True)


def test_with_destroy_buckets_are_emptied(destroyed: Template) -> None:
    emptied = [str(one["BucketName"]) for one in destroyed.of_type("Custom::S3AutoDeleteObjects")]

    assert sorted(emptied) == sorted(str(one.ref) for one in destroyed.of_type("AWS::S3::Bucket"))


def test_by_default_no_bucket_is_emptied(default: Template) -> None:
    assert "Custom::S3AutoDeleteObjects" not in default.types


def test_deletion_protection_can_be_chosen_apart() -> None:
    chosen = synthesize(database=Postgres(deletion_protection=False)).template
    kept = synthesize(
        database=Postgres(deletion_protection=True), removal_policy=RemovalPolicy.DESTROY
    ).template

    assert chosen.one("AWS::RDS::DBInstance")["DeletionProtection"] is False
    assert kept.one("AWS::RDS::DBInstance")["DeletionProtection"] is True


def test_aurora_goes_the_same_way() -> None:
    clusters = [
        synthesize(database=AuroraServerless(), **options).template.one("AWS::RDS::DBCluster")
        for options in ({}, {"removal_policy": RemovalPolicy.DESTROY})
    ]

    assert [one.deletion_policy for one in clusters] == ["Snapshot", "Delete"]
    assert [one["DeletionProtection"] for one in clusters] == [True, False]


def test_the_release_provider_leaves_no_logs_behind(default: Template) -> None:
    groups = [
        one
        for one in default.of_type("AWS::Logs::LogGroup")
        if one.id.startswith("DjangoReleaseProvider")
    ]

    assert {one.deletion_policy for one in groups} == {"Delete"}
