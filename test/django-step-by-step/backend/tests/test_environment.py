"""The settings as functions of the environment."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from celery import Celery
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured

from backend.settings import database, env, files, hosts, redis

Set = Callable[..., None]

PARTS = {
    "POSTGRES_SERVICE_HOST": "db.internal",
    "POSTGRES_SERVICE_PORT": "6543",
    "POSTGRES_NAME": "blog",
    "POSTGRES_USERNAME": "writer",
}
TLS_URL = "rediss://:token@cache.internal:6379/0?ssl_cert_reqs=required"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Set:
    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    for name in (
        *("DATABASE_URL", "POSTGRES_PASSWORD", "DB_SECRET_NAME", *PARTS),
        *("REDIS_SERVICE_HOST", "REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"),
        *("S3_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME", "AWS_S3_REGION_NAME"),
        *("AWS_S3_CUSTOM_DOMAIN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
        *("FRONTEND_URL", "ZONE_NAME", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    ):
        monkeypatch.delenv(name, raising=False)
    return set_variables


@pytest.fixture
def secret(aws_here: None) -> Any:
    client = boto3.client("secretsmanager")
    made = []

    def make(**content: Any) -> str:
        arn = client.create_secret(Name=f"db-{len(made)}", SecretString=json.dumps(content))["ARN"]
        made.append(arn)
        return arn

    yield make
    for arn in made:
        client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("True", True), ("0", False), ("false", False), ("", True)]
)
def test_a_flag_takes_the_usual_spellings(
    monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    monkeypatch.setenv("DEBUG", text)
    assert env.flag("DEBUG", True) is value


def test_a_flag_that_is_neither_is_an_error_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG='maybe'"):
        env.flag("DEBUG", False)


def test_no_variable_names_no_database(given: Set) -> None:
    assert database.from_environment() is None


def test_database_url_is_unquoted_and_keeps_its_query(given: Set) -> None:
    given(DATABASE_URL="postgres://writer:p%40ss@db.internal:6543/blog?sslmode=require")
    settings = database.from_environment()
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["USER"], settings["PASSWORD"]) == ("writer", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.internal", 6543, "blog")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_database_url_wins_over_the_parts(given: Set) -> None:
    given(**PARTS, POSTGRES_PASSWORD="p", DATABASE_URL="postgres://a:b@elsewhere/other")
    assert database.from_environment()["HOST"] == "elsewhere"


def test_the_parts_make_a_database(given: Set) -> None:
    given(**PARTS, POSTGRES_PASSWORD="p@ss")
    settings = database.from_environment()
    assert (settings["USER"], settings["PASSWORD"]) == ("writer", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.internal", "6543", "blog")


def test_a_database_without_a_name_is_an_error(given: Set) -> None:
    given(POSTGRES_SERVICE_HOST="db.internal")
    with pytest.raises(ImproperlyConfigured, match="POSTGRES_NAME"):
        database.from_environment()


def test_the_secret_is_not_asked_when_a_password_is_given(given: Set) -> None:
    given(**PARTS, POSTGRES_PASSWORD="p@ss", DB_SECRET_NAME="does-not-exist")
    assert database.from_environment()["PASSWORD"] == "p@ss"


def test_the_secret_supplies_the_whole_database_by_arn(given: Set, secret: Any) -> None:
    content = {"username": "u", "password": "s", "host": "h", "port": 5433, "dbname": "d"}
    given(DB_SECRET_NAME=secret(**content))
    settings = database.from_environment()
    assert (settings["USER"], settings["PASSWORD"]) == ("u", "s")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("h", "5433", "d")


def test_a_secret_that_rds_manages_supplies_the_password_to_the_parts(
    given: Set, secret: Any
) -> None:
    given(**PARTS, DB_SECRET_NAME=secret(username="writer", password="s").split(":")[6][:4])
    settings = database.from_environment()
    assert (settings["HOST"], settings["PASSWORD"]) == ("db.internal", "s")


def test_the_secret_supplies_the_password_that_the_url_lacks(given: Set, secret: Any) -> None:
    given(
        DATABASE_URL="postgres://writer@db.internal/blog",
        DB_SECRET_NAME=secret(username="writer", password="s"),
    )
    assert database.from_environment()["PASSWORD"] == "s"


def test_a_redis_host_serves_all_three(given: Set) -> None:
    given(REDIS_SERVICE_HOST="cache.internal")
    url = "redis://cache.internal:6379/0"
    assert redis.from_environment() == redis.RedisUrls(cache=url, broker=url, results=url)


def test_each_redis_url_wins_over_the_host(given: Set) -> None:
    given(
        REDIS_SERVICE_HOST="cache.internal",
        REDIS_URL="redis://a",
        CELERY_BROKER_URL="redis://b",
        CELERY_RESULT_BACKEND="redis://c",
    )
    expected = redis.RedisUrls(cache="redis://a", broker="redis://b", results="redis://c")
    assert redis.from_environment() == expected


def test_the_tls_url_is_understood_by_djangos_cache() -> None:
    cache = RedisCache(TLS_URL, {})
    arguments = cache._cache._get_connection_pool(write=True).connection_kwargs
    assert arguments["password"] == "token"
    assert arguments["ssl_cert_reqs"] in ("required", ssl.CERT_REQUIRED)


def test_the_tls_url_is_understood_by_celerys_broker_and_results() -> None:
    app = Celery(broker=TLS_URL, backend=TLS_URL)
    assert app.connection().ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    assert app.backend.connparams["ssl_cert_reqs"] == ssl.CERT_REQUIRED
    assert app.backend.connparams["password"] == "token"


@pytest.mark.parametrize("name", ["S3_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME"])
def test_either_name_of_the_bucket_will_do(given: Set, name: str) -> None:
    given(**{name: "assets"})
    assert files.bucket_name() == "assets"


def test_static_and_media_share_the_bucket_under_their_prefixes(given: Set) -> None:
    given(S3_BUCKET_NAME="assets", AWS_S3_REGION_NAME="eu-west-1")
    storages = files.bucket_storages()
    static, media = (storages[name]["OPTIONS"] for name in ("staticfiles", "default"))
    assert (static["location"], media["location"]) == ("static", "media")
    for options in (static, media):
        assert (options["bucket_name"], options["region_name"]) == ("assets", "eu-west-1")
        assert (options["default_acl"], options["signature_version"]) == (None, "s3v4")


def test_links_are_signed_for_the_buckets_regional_host(given: Set, aws: dict[str, str]) -> None:
    from storages.backends.s3 import S3Storage

    keys = {name: value for name, value in aws.items() if "KEY" in name}
    given(S3_BUCKET_NAME="assets", AWS_S3_REGION_NAME="eu-west-1", **keys)
    storage = S3Storage(**files.bucket_storages()["default"]["OPTIONS"])
    assert storage.url("a.png").startswith("https://assets.s3.eu-west-1.amazonaws.com/media/a.png?")


@pytest.mark.parametrize("domain", ["cdn.example.com", "https://cdn.example.com/"])
def test_a_custom_domain_may_come_with_its_scheme(given: Set, domain: str) -> None:
    given(S3_BUCKET_NAME="assets", AWS_S3_CUSTOM_DOMAIN=domain)
    options = files.bucket_storages()["default"]["OPTIONS"]
    assert (options["custom_domain"], options["querystring_auth"]) == ("cdn.example.com", False)


def test_hosts_default_to_the_zone(given: Set) -> None:
    given(ZONE_NAME="example.com.")
    assert hosts.allowed_hosts() == [".example.com"]
    given(ALLOWED_HOSTS="a.example.com, b.example.com")
    assert hosts.allowed_hosts() == ["a.example.com", "b.example.com"]


def test_the_front_end_may_post(given: Set) -> None:
    given(CSRF_TRUSTED_ORIGINS="https://api.example.com", FRONTEND_URL="https://example.com/blog")
    assert hosts.trusted_origins() == ["https://api.example.com", "https://example.com"]


@pytest.mark.parametrize(
    ("origins", "frontend", "https"),
    [
        ("https://api.example.com", "", True),
        ("http://lb.example.com", "https://example.com", False),
        ("https://a.example.com,http://b.example.com", "", False),
        ("", "https://example.com", True),
        ("", "http://example.com", False),
        ("", "", False),
    ],
)
def test_https_is_read_off_the_origins(
    given: Set, origins: str, frontend: str, https: bool
) -> None:
    given(CSRF_TRUSTED_ORIGINS=origins, FRONTEND_URL=frontend)
    assert hosts.served_over_https() is https
