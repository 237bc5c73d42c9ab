"""Secrets: generated, kept, injected by ECS, and nowhere in a template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import AuroraServerless, SecretField
from tests.stacks import Resource, Synthesized, Template, synthesize

REFERENCE = "{{resolve:secretsmanager:"

#: Every process that runs code of the application.
PROCESSES = ["web", "celery", "beat", "release", "clearsessions"]

SECRET_NAMES = {
    "POSTGRES_PASSWORD",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "SECRET_KEY",
}


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every value of a template with the names that lead to it; a joined text is one value."""
    if isinstance(value, Mapping) and set(value) == {"Fn::Join"}:
        yield path, "".join(one if isinstance(one, str) else "{}" for one in value["Fn::Join"][1])
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, str(number)))
    else:
        yield path, value


@pytest.fixture(scope="module")
def aurora() -> Template:
    return synthesize(celery_app="blog", database=AuroraServerless()).template


@pytest.fixture(params=["everything", "aurora"])
def template(request: pytest.FixtureRequest) -> Template:
    found = request.getfixturevalue(request.param)
    return found.template if isinstance(found, Synthesized) else found


def derived(template: Template) -> Resource:
    (found,) = [
        one for one in template.of_type("AWS::SecretsManager::Secret") if one.get("SecretString")
    ]
    return found


def test_no_url_in_the_template_holds_a_password_in_clear(template: Template) -> None:
    credentials = [
        found[1]
        for _, value in leaves(template.body)
        for found in re.finditer(r"://[^/@\s\"]*?:([^@\"]+)@", str(value))
    ]

    assert credentials
    assert [one for one in credentials if one != "***" and not one.startswith(REFERENCE)] == []


def test_no_property_that_is_a_password_is_literal_text(template: Template) -> None:
    named = {
        path: value
        for path, value in leaves(template.body["Resources"])
        if path[-1] in {"MasterUserPassword", "AuthToken", "SecretString", "Password"}
    }

    assert named
    assert [path for path, value in named.items() if REFERENCE not in str(value)] == []


def test_references_stand_in_three_places_only(template: Template) -> None:
    """In the database, the cache and the composed secret; not in tasks, outputs or functions."""
    places = {
        (template.resources[path[1]].type, path[3])
        for path, value in leaves(template.body)
        if REFERENCE in str(value)
    }

    assert places - {
        ("AWS::RDS::DBInstance", "MasterUserPassword"),
        ("AWS::RDS::DBCluster", "MasterUserPassword"),
    } == {
        ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
        ("AWS::SecretsManager::Secret", "SecretString"),
    }


def test_generated_secrets_are_made_by_secrets_manager(template: Template) -> None:
    generated = [
        one
        for one in template.of_type("AWS::SecretsManager::Secret")
        if one.id != derived(template).id
    ]

    assert len(generated) == 3
    assert all("GenerateSecretString" in one.properties for one in generated)


def test_generated_secrets_are_kept(template: Template) -> None:
    for secret in template.of_type("AWS::SecretsManager::Secret"):
        if secret.id != derived(template).id:
            assert secret.deletion_policy == "RetainExceptOnCreate"


def test_the_secret_key_is_long_enough_for_django(blog: Synthesized) -> None:
    secret = blog.template.of(blog.construct.backing.secret_key)

    assert secret["GenerateSecretString"]["PasswordLength"] == 64


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_gets_the_secrets_as_secrets(everything: Synthesized, process: str) -> None:
    assert set(everything.template.secrets(process)) == SECRET_NAMES


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_gets_a_secret_as_plain_text(everything: Synthesized, process: str) -> None:
    assert set(everything.template.environment(process)).isdisjoint(SECRET_NAMES)


def test_a_secret_alone_is_injected_as_its_field(blog: Synthesized) -> None:
    attached = blog.template.one("AWS::SecretsManager::SecretTargetAttachment")

    assert blog.template.secrets()["POSTGRES_PASSWORD"] == {
        "Fn::Join": ["", [attached.ref, ":password::"]]
    }


def test_the_secret_key_is_injected_whole(blog: Synthesized) -> None:
    key = blog.template.of(blog.construct.backing.secret_key)

    assert blog.template.secrets()["SECRET_KEY"] == key.ref


def test_urls_are_fields_of_the_composed_secret(blog: Synthesized) -> None:
    composed = derived(blog.template)

    assert blog.template.secrets()["DATABASE_URL"] == {
        "Fn::Join": ["", [composed.ref, ":DATABASE_URL::"]]
    }


def test_the_composed_secret_is_json_with_the_urls_of_the_contract(blog: Synthesized) -> None:
    text = dict(leaves(derived(blog.template).properties))["SecretString",]
    composed = json.loads(re.sub(r"\{\{resolve:[^}]*\{\}([^}]*)\}\}", r"<\1>", str(text)))

    assert composed["DATABASE_URL"] == (
        "postgres://django:<:SecretString:password::>@{}:5432/django?sslmode=require"
    )
    assert composed["CELERY_BROKER_URL"] == composed["REDIS_URL"]
    assert composed["REDIS_URL"] == (
        "rediss://:<:SecretString:::>@{}:6379/0?ssl_cert_reqs=required"
    )


def test_labels_show_composed_values_masked(blog: Synthesized) -> None:
    """So that another host is another task definition, which a changed secret alone is not."""
    labels = blog.template.container("web")["DockerLabels"]

    pieces = labels["django-cdk.DATABASE_URL"]["Fn::Join"][1]
    assert pieces[0] == "postgres://django:***@"
    assert REFERENCE not in json.dumps(labels)


def test_the_execution_role_reads_exactly_the_injected_secrets(blog: Synthesized) -> None:
    template = blog.template
    (statement,) = [
        one
        for one in template.statements(template.of(blog.construct.tasks.execution_role))
        if "secretsmanager:GetSecretValue" in one["Action"]
    ]

    injected = re.findall(r'"Ref": "(\w+)"', json.dumps(template.secrets()))
    assert {one["Ref"] for one in statement["Resource"]} == set(injected)


def test_the_code_reads_the_secret_of_the_database_only(blog: Synthesized) -> None:
    """The one that DB_SECRET_NAME names; all others come as variables."""
    template = blog.template
    (statement,) = [
        one
        for one in template.statements(template.of(blog.construct.tasks.task_role))
        if "secretsmanager:GetSecretValue" in one["Action"]
    ]

    assert statement["Resource"] == template.environment()["DB_SECRET_NAME"]


def own_secret(stack: cdk.Stack) -> Mapping[str, Any]:
    stripe = secretsmanager.Secret(stack, "Stripe")
    return {"secrets": {"STRIPE": stripe, "STRIPE_KEY": SecretField(stripe, "key")}}


def test_the_users_secrets_stand_beside_the_generated_ones() -> None:
    synthesized = synthesize(own_secret)
    template = synthesized.template
    (stripe,) = [one for one in template.resources.values() if one.id.startswith("Stripe")]

    assert template.secrets()["STRIPE"] == stripe.ref
    assert template.secrets()["STRIPE_KEY"] == {"Fn::Join": ["", [stripe.ref, ":key::"]]}
    assert set(template.secrets()) > {"STRIPE", "STRIPE_KEY", "SECRET_KEY"}


def test_the_users_secrets_can_be_read_by_the_execution_role() -> None:
    synthesized = synthesize(own_secret)
    template = synthesized.template
    (stripe,) = [one for one in template.resources.values() if one.id.startswith("Stripe")]

    role = template.of(synthesized.construct.tasks.execution_role)
    readable = [
        resource
        for one in template.statements(role)
        if "secretsmanager:GetSecretValue" in one["Action"]
        for resource in one["Resource"]
    ]
    assert stripe.ref in readable
