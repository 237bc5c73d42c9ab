"""The environment contract in the template: the default table, and the project's own mapping."""

from __future__ import annotations

import pytest

from django_cdk import OptionError
from tests.stacks import DOMAIN, REGION, Synthesized, Template, synthesize
from tests.stacks import ENVIRONMENT as PLACED

PROCESSES = ["web", "celery", "beat", "release", "clearsessions"]

#: DESIGN.md, "The contract with the Django project".
PLAIN = [
    "DJANGO_SETTINGS_MODULE",
    "DEBUG",
    "POSTGRES_SERVICE_HOST",
    "POSTGRES_SERVICE_PORT",
    "POSTGRES_NAME",
    "POSTGRES_USERNAME",
    "DB_SECRET_NAME",
    "REDIS_SERVICE_HOST",
    "S3_BUCKET_NAME",
    "AWS_STORAGE_BUCKET_NAME",
    "AWS_S3_REGION_NAME",
    "AWS_S3_CUSTOM_DOMAIN",
    "FRONTEND_URL",
    "ZONE_NAME",
    "ALLOWED_HOSTS",
    "ALLOWED_CIDR_NETS",
    "CSRF_TRUSTED_ORIGINS",
]


@pytest.fixture(scope="module")
def full() -> Synthesized:
    """Everything that has a variable in the contract."""
    return synthesize(
        env=PLACED,
        django_settings_module="blog.settings",
        cdn_domain="cdn.example.com",
        frontend_url="https://www.example.com",
        **DOMAIN,
    )


def test_the_plain_names_are_those_of_the_contract(full: Synthesized) -> None:
    assert sorted(full.template.environment()) == sorted(PLAIN)


def test_values_that_the_user_knows_stand_in_clear(full: Synthesized) -> None:
    environment = full.template.environment()

    assert {name: value for name, value in environment.items() if isinstance(value, str)} == {
        "DJANGO_SETTINGS_MODULE": "blog.settings",
        "DEBUG": "0",
        "POSTGRES_SERVICE_PORT": "5432",
        "POSTGRES_NAME": "django",
        "POSTGRES_USERNAME": "django",
        "AWS_S3_REGION_NAME": REGION,
        "AWS_S3_CUSTOM_DOMAIN": "cdn.example.com",
        "FRONTEND_URL": "https://www.example.com",
        "ZONE_NAME": "example.com",
        "ALLOWED_HOSTS": "api.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://api.example.com,https://www.example.com",
    }


def test_values_that_aws_makes_are_references(full: Synthesized) -> None:
    construct, template = full.construct, full.template
    bucket = template.of(construct.static_file_bucket).ref

    environment = template.environment()
    assert {name: value for name, value in environment.items() if not isinstance(value, str)} == {
        "POSTGRES_SERVICE_HOST": template.one("AWS::RDS::DBInstance").attribute("Endpoint.Address"),
        "DB_SECRET_NAME": template.one("AWS::SecretsManager::SecretTargetAttachment").ref,
        "REDIS_SERVICE_HOST": template.one("AWS::ElastiCache::ReplicationGroup").attribute(
            "PrimaryEndPoint.Address"
        ),
        "S3_BUCKET_NAME": bucket,
        "AWS_STORAGE_BUCKET_NAME": bucket,
        "ALLOWED_CIDR_NETS": template.of(construct.vpc).attribute("CidrBlock"),
    }


def test_without_a_domain_the_host_is_that_of_the_load_balancer(blog: Synthesized) -> None:
    host = blog.template.of(blog.construct.load_balancer).attribute("DNSName")

    environment = blog.template.environment()
    assert environment["ALLOWED_HOSTS"] == host
    assert environment["CSRF_TRUSTED_ORIGINS"] == {"Fn::Join": ["", ["http://", host]]}


def test_what_was_not_given_has_no_variable(blog: Synthesized) -> None:
    absent = {"DJANGO_SETTINGS_MODULE", "AWS_S3_CUSTOM_DOMAIN", "FRONTEND_URL", "ZONE_NAME"}

    assert set(PLAIN) - set(blog.template.environment()) == absent


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_gets_the_same_environment(everything: Synthesized, process: str) -> None:
    template = everything.template

    assert template.environment(process) == template.environment("web")
    assert template.secrets(process) == template.secrets("web")


@pytest.fixture(scope="module")
def mapped() -> Template:
    return synthesize(
        environment={
            "DATABASE_URL": "{database.url}",
            "DJANGO_SECRET_KEY": "{secret_key}",
            "SITE_ROOT": "https://{host}/blog",
            "HOSTS": "{host} localhost",
            "MODE": "production",
        },
        environment_variables={"DEBUG": "False"},
        **DOMAIN,
    ).template


def test_the_projects_mapping_replaces_the_plain_names(mapped: Template) -> None:
    assert mapped.environment() == {
        "SITE_ROOT": "https://api.example.com/blog",
        "HOSTS": "api.example.com localhost",
        "MODE": "production",
        "DEBUG": "False",
    }


def test_the_projects_mapping_replaces_the_secret_names(mapped: Template) -> None:
    assert set(mapped.secrets()) == {"DATABASE_URL", "DJANGO_SECRET_KEY"}


def test_an_empty_mapping_injects_nothing() -> None:
    container = synthesize(environment={}).template.container("web")

    assert (container.get("Environment", []), container.get("Secrets", [])) == ([], [])


def test_without_derived_values_there_is_no_composed_secret() -> None:
    template = synthesize(environment={"KEY": "{secret_key}"}).template

    secrets = template.of_type("AWS::SecretsManager::Secret")
    assert [one for one in secrets if "SecretString" in one.properties] == []


def test_a_mapping_that_asks_for_what_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError, match=r"\{cache.url\} has no value here") as refused:
        synthesize(cache=None, environment={"REDIS_URL": "{cache.url}"})

    assert str(refused.value).startswith("Stack/Blog: environment['REDIS_URL']='{cache.url}': ")
