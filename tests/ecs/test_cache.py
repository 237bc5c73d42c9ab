"""The cache and broker: Valkey, encrypted and behind a token."""

from __future__ import annotations

import pytest

from django_cdk import Valkey
from tests.stacks import Resource, Synthesized, Template, synthesize

TYPE = "AWS::ElastiCache::ReplicationGroup"


@pytest.fixture(scope="module")
def group(blog: Synthesized) -> Resource:
    return blog.template.one(TYPE)


@pytest.fixture(scope="module")
def plain() -> Template:
    return synthesize(cache=Valkey(allow_plain_clients=True)).template


def urls(template: Template) -> str:
    """The derived secret, with every reference as {}."""
    (derived,) = [
        one for one in template.of_type("AWS::SecretsManager::Secret") if one.get("SecretString")
    ]
    pieces = derived["SecretString"]["Fn::Join"][1]
    return "".join(one if isinstance(one, str) else "{}" for one in pieces)


def test_is_valkey(group: Resource) -> None:
    assert (group["Engine"], group["EngineVersion"]) == ("valkey", "8.2")


def test_is_encrypted_at_rest_and_in_transit(group: Resource) -> None:
    assert group["AtRestEncryptionEnabled"] is True
    assert group["TransitEncryptionEnabled"] is True
    assert group["TransitEncryptionMode"] == "required"


def test_asks_for_a_generated_token(blog: Synthesized, group: Resource) -> None:
    token = blog.template.of(blog.construct.backing.cache.node.find_child("AuthToken"))

    assert token["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}
    assert group["AuthToken"] == {
        "Fn::Join": ["", ["{{resolve:secretsmanager:", token.ref, ":SecretString:::}}"]]
    }


def test_stands_in_the_isolated_subnets(blog: Synthesized, group: Resource) -> None:
    subnets = blog.template.one("AWS::ElastiCache::SubnetGroup")

    assert group["CacheSubnetGroupName"] == subnets.ref
    assert subnets["SubnetIds"] == [one.ref for one in blog.template.subnets("Isolated")]


def test_can_be_reached_from_the_tasks_only(blog: Synthesized, group: Resource) -> None:
    template, tasks = blog.template, blog.template.of(blog.construct.tasks.security_group)
    (of_cache,) = [
        one
        for one in template.of_type("AWS::EC2::SecurityGroup")
        if one.attribute("GroupId") in group["SecurityGroupIds"]
    ]

    (rule,) = template.ingress(of_cache)
    assert rule["SourceSecurityGroupId"] == tasks.attribute("GroupId")
    assert rule["FromPort"] == rule["ToPort"] == group["Port"] == 6379


def test_keeps_a_snapshot_of_queued_tasks(group: Resource) -> None:
    assert group["SnapshotRetentionLimit"] == 1
    assert group.deletion_policy == "Snapshot"


def test_the_url_asks_for_tls(blog: Synthesized) -> None:
    assert '"REDIS_URL":"rediss://:{{resolve:secretsmanager:{}:SecretString:::}}@{}:6379/0' in urls(
        blog.template
    )
    assert "?ssl_cert_reqs=required" in urls(blog.template)


def test_plain_clients_are_let_in_when_asked_for(plain: Template) -> None:
    """Without a token then: ElastiCache refuses the two together."""
    group = plain.one(TYPE)

    assert (group["TransitEncryptionEnabled"], group["TransitEncryptionMode"]) == (
        True,
        "preferred",
    )
    assert "AuthToken" not in group.properties


def test_plain_clients_get_a_url_without_tls_or_password(plain: Template) -> None:
    host = plain.one(TYPE).attribute("PrimaryEndPoint.Address")

    assert plain.environment()["REDIS_URL"] == {"Fn::Join": ["", ["redis://", host, ":6379/0"]]}
    assert "REDIS_URL" not in plain.secrets()


def test_is_one_node_unless_asked_for_more(group: Resource) -> None:
    assert (group["NumCacheClusters"], group["AutomaticFailoverEnabled"]) == (1, False)


def test_replicas_take_over_from_another_zone() -> None:
    group = synthesize(cache=Valkey(replicas=2)).template.one(TYPE)

    assert group["NumCacheClusters"] == 3
    assert (group["AutomaticFailoverEnabled"], group["MultiAZEnabled"]) == (True, True)


def test_version_and_size_are_options() -> None:
    chosen = Valkey(version="7.2", node_type="cache.m7g.large", snapshot_days=0)
    group = synthesize(cache=chosen).template.one(TYPE)

    assert (group["EngineVersion"], group["CacheNodeType"], group["SnapshotRetentionLimit"]) == (
        "7.2",
        "cache.m7g.large",
        0,
    )


@pytest.fixture(scope="module")
def none() -> Template:
    return synthesize(cache=None).template


def test_without_a_cache_nothing_of_it_is_made(none: Template) -> None:
    assert [one for one in none.types if "ElastiCache" in one] == []


def test_without_a_cache_the_application_hears_of_none(none: Template) -> None:
    names = {*none.environment(), *none.secrets()}

    assert [name for name in names if "REDIS" in name or "CELERY" in name] == []
