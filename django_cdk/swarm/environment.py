"""What the application is told of the services beside it, on every swarm the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django_cdk.environment import SecretField, parse, resolve

from .services import POSTGRES_HOST, POSTGRES_PORT, VALKEY_HOST, VALKEY_PORT
from .target import DATABASE_NAME, DATABASE_USER

if TYPE_CHECKING:
    from aws_cdk.aws_secretsmanager import ISecret

    from django_cdk.app import DjangoApp
    from django_cdk.environment import Value

# One machine, or one overlay network: the services speak without TLS.
_DATABASE_URL = parse(
    "postgres://{database.username}:{database.password}@{database.host}:{database.port}"
    "/{database.name}"
)
_CACHE_URL = parse("redis://:{cache.password}@{cache.host}:{cache.port}/0")


def database_values(password: SecretField) -> Mapping[str, Value]:
    """What the tokens of the database stand for."""
    return {
        "database.host": POSTGRES_HOST,
        "database.port": POSTGRES_PORT,
        "database.name": DATABASE_NAME,
        "database.username": DATABASE_USER,
        "database.password": password,
        "database.url": _DATABASE_URL,
    }


def cache_values(password: SecretField) -> Mapping[str, Value]:
    """What the tokens of the cache stand for."""
    return {
        "cache.host": VALKEY_HOST,
        "cache.port": VALKEY_PORT,
        "cache.password": password,
        "cache.url": _CACHE_URL,
    }


@dataclass(frozen=True, kw_only=True)
class SwarmEnvironment:
    """The environment on a swarm that nobody fills from AWS.

    :param plain: name -> text, in which ``${DOMAIN}`` is the domain.
    :param secrets: name -> text, in which ``${database_password}``, ``${cache_password}`` and
        ``${secret_key}`` are generated values.
    """

    plain: Mapping[str, str]
    secrets: Mapping[str, str]

    @classmethod
    def of(cls, app: DjangoApp, *, host: str, origin: str) -> SwarmEnvironment:
        """The application's environment, with Postgres and Valkey as services."""
        resolved = resolve(
            app,
            {
                **database_values(_generated("database_password")),
                **cache_values(_generated("cache_password")),
                "secret_key": _generated("secret_key"),
                "host": host,
                "origin": origin,
                "trusted_origins": origin,
            },
        )
        secrets = {name: _text(field) for name, field in resolved.secrets.items()}
        for name, parts in resolved.derived.items():
            secrets[name] = "".join(map(_text, parts))
        return cls(plain=resolved.plain, secrets=secrets)


def _generated(name: str) -> SecretField:
    # No secret of AWS: the field alone says which generated value it is.
    return SecretField(cast("ISecret", None), name)


def _text(part: str | SecretField) -> str:
    return part if isinstance(part, str) else f"${{{part.field}}}"
