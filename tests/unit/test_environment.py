"""The environment contract: templates, tokens, and where each variable goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from django_cdk import DjangoApp, OptionError, SecretField
from django_cdk.environment import (
    DEFAULT_ENVIRONMENT,
    SECRET_TOKENS,
    TOKENS,
    ResolvedEnvironment,
    TokenRef,
    Value,
    parse,
    resolve,
)


class Secret:
    """Stands for a secret of Secrets Manager, of which resolving only keeps the identity."""


DATABASE, CACHE, KEY, OWN = Secret(), Secret(), Secret(), Secret()


def field(secret: Secret, name: str = "") -> SecretField:
    return SecretField(secret, name)  # type: ignore[arg-type]


PASSWORD, TOKEN = field(DATABASE, "password"), field(CACHE)

#: What the rooms of an application with everything say.
VALUES: Mapping[str, Value] = {
    "database.host": "db.internal",
    "database.port": "5432",
    "database.name": "blog",
    "database.username": "django",
    "database.password": PASSWORD,
    "database.url": parse("postgres://{database.username}:{database.password}@{database.host}"),
    "database.secret": "arn:db",
    "cache.host": "cache.internal",
    "cache.port": "6379",
    "cache.password": TOKEN,
    "cache.url": parse("rediss://:{cache.password}@{cache.host}:{cache.port}/0"),
    "bucket": "assets",
    "cdn_domain": "cdn.example.com",
    "host": "api.example.com",
    "origin": "https://api.example.com",
    "trusted_origins": "https://api.example.com,https://www.example.com",
    "frontend_url": "https://www.example.com/",
    "zone_name": "example.com",
    "vpc_cidr": "10.0.0.0/16",
    "region": "eu-central-1",
    "secret_key": field(KEY),
}


def resolved(values: Mapping[str, Value] = VALUES, **options: Any) -> ResolvedEnvironment:
    return resolve(DjangoApp(image="blog:1", **options), values)


def test_every_token_has_a_value_in_the_test() -> None:
    assert set(VALUES) == set(TOKENS)


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("", ("",)),
        ("0", ("0",)),
        ("{host}", (TokenRef("host"),)),
        ("https://{host}/", ("https://", TokenRef("host"), "/")),
        ("{host}{region}", (TokenRef("host"), TokenRef("region"))),
        ("{cache.url}", (TokenRef("cache.url"),)),
        ("{", ("{",)),
        ("{}", ("{}",)),
        ("{Host}", ("{Host}",)),
        ('{"a": 1}', ('{"a": 1}',)),
    ],
)
def test_a_template_is_its_texts_and_tokens_in_order(template: str, parts: tuple[Any]) -> None:
    assert parse(template) == parts


def test_an_unknown_token_is_named() -> None:
    with pytest.raises(KeyError, match="hots"):
        parse("https://{hots}/")


def test_the_secret_tokens_are_those_that_hold_a_password_or_key() -> None:
    assert {
        "database.password",
        "database.url",
        "cache.password",
        "cache.url",
        "secret_key",
    } == SECRET_TOKENS


def test_every_token_is_used_by_the_default_table_or_is_for_mappings_of_the_project() -> None:
    used = {
        part.name
        for template in DEFAULT_ENVIRONMENT.values()
        for part in parse(template)
        if isinstance(part, TokenRef)
    }

    assert set(TOKENS) - used == {"cache.port", "cache.password", "origin"}


def test_text_with_a_plain_token_stays_plain() -> None:
    environment = {"SITE_ROOT": "https://{host}/blog"}

    assert resolved(environment=environment) == ResolvedEnvironment(
        plain={"SITE_ROOT": "https://api.example.com/blog"}, secrets={}, derived={}
    )


def test_a_secret_token_alone_is_injected_as_its_field() -> None:
    assert resolved(environment={"DB_PASSWORD": "{database.password}"}) == ResolvedEnvironment(
        plain={}, secrets={"DB_PASSWORD": PASSWORD}, derived={}
    )


def test_text_joined_with_a_secret_token_is_derived() -> None:
    environment = {"DSN": "password={database.password} host={database.host}"}

    assert resolved(environment=environment).derived == {
        "DSN": ("password=", PASSWORD, " host=", "db.internal")
    }


def test_a_token_that_is_itself_a_template_is_expanded() -> None:
    assert resolved(environment={"DATABASE_URL": "{database.url}"}).derived == {
        "DATABASE_URL": ("postgres://", "django", ":", PASSWORD, "@", "db.internal")
    }


def test_the_default_table_sorts_as_the_design_says() -> None:
    sorted_by_kind = resolved(django_settings_module="blog.settings")

    assert set(sorted_by_kind.plain) == {
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
    }
    assert {**sorted_by_kind.secrets, **sorted_by_kind.derived}.keys() == {
        "POSTGRES_PASSWORD",
        "DATABASE_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
        "CELERY_RESULT_BACKEND",
        "SECRET_KEY",
    }


def test_the_default_table_leaves_out_what_has_no_value() -> None:
    without_cache = {name: value for name, value in VALUES.items() if "cache" not in name}

    names = resolved(without_cache)

    assert "REDIS_SERVICE_HOST" not in names.plain
    assert "REDIS_URL" not in names.derived
    assert "POSTGRES_SERVICE_HOST" in names.plain


def test_the_projects_own_mapping_replaces_the_whole_table() -> None:
    assert resolved(environment={"HOSTS": "{host}"}).plain == {"HOSTS": "api.example.com"}


def test_an_empty_mapping_injects_nothing() -> None:
    assert resolved(environment={}) == ResolvedEnvironment(plain={}, secrets={}, derived={})


def test_a_token_of_the_mapping_without_a_value_is_refused() -> None:
    with pytest.raises(OptionError, match=r"\{cdn_domain\} has no value here") as refused:
        resolved({"host": "a"}, environment={"CDN": "https://{cdn_domain}"})

    assert (refused.value.option, refused.value.value) == (
        "environment['CDN']",
        "https://{cdn_domain}",
    )


def test_a_token_that_needs_a_missing_one_is_refused() -> None:
    url = {"cache.url": parse("redis://{cache.host}")}

    with pytest.raises(OptionError, match=r"\{cache.host\} has no value here"):
        resolved(url, environment={"BROKER": "{cache.url}"})


def test_plain_variables_win_over_the_table() -> None:
    assert resolved(environment_variables={"DEBUG": "False"}).plain["DEBUG"] == "False"


def test_plain_variables_come_on_top_of_the_projects_mapping() -> None:
    environment = resolved(environment={"A": "{host}"}, environment_variables={"B": "{host}"})

    assert environment.plain == {"A": "api.example.com", "B": "{host}"}


def test_secrets_come_on_top() -> None:
    assert resolved(environment={}, secrets={"STRIPE": OWN}).secrets == {"STRIPE": field(OWN)}


def test_a_field_of_a_secret_stays_that_field() -> None:
    given = {"STRIPE": field(OWN, "key")}

    assert resolved(environment={}, secrets=given).secrets == given


def test_the_users_secret_wins_over_the_default_table() -> None:
    environment = resolved(secrets={"SECRET_KEY": OWN, "DEBUG": OWN, "DATABASE_URL": OWN})

    assert environment.secrets["SECRET_KEY"] == field(OWN)
    assert "DEBUG" not in environment.plain
    assert "DATABASE_URL" not in environment.derived


def test_no_name_is_both_plain_and_secret() -> None:
    environment = resolved(
        secrets={"ALLOWED_HOSTS": OWN}, environment_variables={"FRONTEND_URL": "https://x"}
    )

    names = [*environment.plain, *environment.secrets, *environment.derived]
    assert len(names) == len(set(names))


def test_the_settings_module_is_injected_with_the_projects_mapping_too() -> None:
    environment = resolved(environment={}, django_settings_module="config.settings.production")

    assert environment.plain == {"DJANGO_SETTINGS_MODULE": "config.settings.production"}


CLASHES: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "an unknown token": (
        {"environment": {"URL": "{databse.url}"}},
        "environment['URL']",
        "did you mean 'database.url'? Known tokens: database.host",
    ),
    "a plain value for a secret of the default table": (
        {"environment_variables": {"SECRET_KEY": "abc"}},
        "environment_variables['SECRET_KEY']",
        "the default table gives SECRET_KEY as the secret {secret_key}",
    ),
    "a plain value for a secret of the mapping": (
        {"environment": {"KEY": "{secret_key}"}, "environment_variables": {"KEY": "abc"}},
        "environment_variables['KEY']",
        "environment['KEY'] gives KEY as the secret {secret_key}",
    ),
    "a plain value for a secret of the user": (
        {"secrets": {"KEY": OWN}, "environment_variables": {"KEY": "abc"}},
        "environment_variables['KEY']",
        "secrets['KEY'] has the same name",
    ),
    "a secret for a name of the mapping": (
        {"environment": {"KEY": "{secret_key}"}, "secrets": {"KEY": OWN}},
        "secrets['KEY']",
        "environment['KEY'] gives the same name",
    ),
    "a name with a hyphen": (
        {"environment": {"MY-KEY": "{secret_key}"}},
        "environment",
        "letters, digits and underscores",
    ),
    "a secret's name that starts with a digit": (
        {"secrets": {"1KEY": OWN}},
        "secrets",
        "no digit first",
    ),
    "a number in the mapping": (
        {"environment": {"WORKERS": 4}},
        "environment['WORKERS']",
        "give '4'",
    ),
    "a boolean as variable": (
        {"environment_variables": {"DEBUG": False}},
        "environment_variables['DEBUG']",
        "give 'False'",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_refuses(name: str) -> None:
    options, option, remedy = CLASHES[name]

    with pytest.raises(OptionError) as refused:
        DjangoApp(image="blog:1", **options)

    assert refused.value.option == option
    assert remedy in refused.value.remedy
