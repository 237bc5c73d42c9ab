"""The contract with the Django project: environment names and the templates behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import OptionError, closest

if TYPE_CHECKING:
    from aws_cdk.aws_secretsmanager import ISecret

    from .app import DjangoApp

# Token -> meaning. README and API.md print this table; an unknown token is refused with it.
TOKENS: Mapping[str, str] = {
    "database.host": "host name of the database",
    "database.port": "port of the database",
    "database.name": "name of the database",
    "database.username": "user of the database",
    "database.password": "password of the database (secret)",
    "database.url": "postgres:// URL with user, password and sslmode=require (secret)",
    "database.secret": "ARN of the Secrets Manager secret of the database, for boto3",
    "cache.host": "host name of the cache",
    "cache.port": "port of the cache",
    "cache.password": "AUTH token of the cache (secret)",
    "cache.url": "rediss:// URL with token, database 0 and ssl_cert_reqs=required (secret)",
    "bucket": "name of the assets bucket",
    "cdn_domain": "domain from which browsers read static and media, when a CDN serves them",
    "host": "domain of the application, or of its load balancer",
    "origin": "scheme and host, as in an Origin header",
    "trusted_origins": "the origin, and that of the front end when it is another; comma-separated",
    "frontend_url": "URL of the front end, when given",
    "zone_name": "name of the hosted zone, when given",
    "vpc_cidr": "address range of the VPC, from which the load balancer probes",
    "region": "AWS region",
    "secret_key": "generated Django SECRET_KEY of 64 characters (secret)",
}

SECRET_TOKENS = frozenset(
    token for token, meaning in TOKENS.items() if meaning.endswith("(secret)")
)

# The names of the original library. An entry whose token has no value (no cache, no CDN) is
# left out here; in a project's own mapping it is an error.
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "DEBUG": "0",
    "POSTGRES_SERVICE_HOST": "{database.host}",
    "POSTGRES_SERVICE_PORT": "{database.port}",
    "POSTGRES_NAME": "{database.name}",
    "POSTGRES_USERNAME": "{database.username}",
    "POSTGRES_PASSWORD": "{database.password}",
    "DB_SECRET_NAME": "{database.secret}",
    "DATABASE_URL": "{database.url}",
    "REDIS_SERVICE_HOST": "{cache.host}",
    "REDIS_URL": "{cache.url}",
    "CELERY_BROKER_URL": "{cache.url}",
    "CELERY_RESULT_BACKEND": "{cache.url}",
    "S3_BUCKET_NAME": "{bucket}",
    "AWS_STORAGE_BUCKET_NAME": "{bucket}",
    "AWS_S3_REGION_NAME": "{region}",
    "AWS_S3_CUSTOM_DOMAIN": "{cdn_domain}",
    "FRONTEND_URL": "{frontend_url}",
    "ZONE_NAME": "{zone_name}",
    "ALLOWED_HOSTS": "{host}",
    "ALLOWED_CIDR_NETS": "{vpc_cidr}",
    "CSRF_TRUSTED_ORIGINS": "{trusted_origins}",
    "SECRET_KEY": "{secret_key}",
}

_TOKEN = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class SecretField:
    """A Secrets Manager secret, or one field of its JSON value.

    :param secret: the secret.
    :param field: key in its JSON value; empty: the whole value.
    """

    secret: ISecret
    field: str = ""


@dataclass(frozen=True)
class TokenRef:
    """A token inside a template."""

    name: str


Part = str | TokenRef
# A token's value: text, a field of a secret, or a template over other tokens.
Value = str | SecretField | tuple[Part, ...]


def parse(template: str) -> tuple[Part, ...]:
    """A template as its literal texts and tokens, in order.

    :raises KeyError: with the name of an unknown token.
    """
    parts: list[Part] = []
    end = 0
    for match in _TOKEN.finditer(template):
        if match[1] not in TOKENS:
            raise KeyError(match[1])
        if match.start() > end:
            parts.append(template[end : match.start()])
        parts.append(TokenRef(match[1]))
        end = match.end()
    if end < len(template) or not parts:
        parts.append(template[end:])
    return tuple(parts)


@dataclass(frozen=True, kw_only=True)
class ResolvedEnvironment:
    """An environment sorted by how each variable may reach a container.

    :param plain: name -> text without any secret.
    :param secrets: name -> the one secret field that is its whole value.
    :param derived: name -> texts and secret fields to be joined inside Secrets Manager.
    """

    plain: Mapping[str, str]
    secrets: Mapping[str, SecretField]
    derived: Mapping[str, tuple[str | SecretField, ...]]


def resolve(app: DjangoApp, values: Mapping[str, Value]) -> ResolvedEnvironment:
    """Sorts the application's environment, given what each token stands for.

    ``environment_variables`` and ``secrets`` of the application lie on top of the table.

    :raises OptionError: a token of the project's own mapping has no value here.
    """
    plain: dict[str, str] = {}
    secrets: dict[str, SecretField] = {}
    derived: dict[str, tuple[str | SecretField, ...]] = {}
    for name, template in _table(app).items():
        if name in app.environment_variables or name in app.secrets:
            continue
        try:
            parts = _expand(parse(template), values)
        except LookupError as error:
            if app.environment is None:
                continue
            raise OptionError(
                f"environment[{name!r}]",
                template,
                f"{{{error.args[0]}}} has no value here: this application has no "
                f"{error.args[0].split('.')[0]}. Remove the entry, or give what it stands for.",
            ) from None
        if not any(isinstance(part, SecretField) for part in parts):
            plain[name] = "".join(str(part) for part in parts)
        elif len(parts) == 1 and isinstance(parts[0], SecretField):
            secrets[name] = parts[0]
        else:
            derived[name] = parts
    if app.django_settings_module:
        plain["DJANGO_SETTINGS_MODULE"] = app.django_settings_module
    plain.update(app.environment_variables)
    secrets.update({name: as_field(secret) for name, secret in app.secrets.items()})
    return ResolvedEnvironment(plain=plain, secrets=secrets, derived=derived)


def _table(app: DjangoApp) -> Mapping[str, str]:
    # An empty mapping is an answer too: nothing is injected.
    return DEFAULT_ENVIRONMENT if app.environment is None else app.environment


def as_field(secret: ISecret | SecretField) -> SecretField:
    """A secret given whole, as a field like the others."""
    return secret if isinstance(secret, SecretField) else SecretField(secret)


def _expand(parts: tuple[Part, ...], values: Mapping[str, Value]) -> tuple[str | SecretField, ...]:
    expanded: list[str | SecretField] = []
    for part in parts:
        value = values[part.name] if isinstance(part, TokenRef) else part
        if isinstance(value, tuple):
            expanded.extend(_expand(value, values))
        else:
            expanded.append(value)
    return tuple(expanded)


def check_environment(environment: Mapping[str, str] | None) -> None:
    """Refuses names and templates of the project's own mapping that can't work."""
    for name, template in (environment or {}).items():
        check_variable("environment", name, template)
        try:
            parse(template)
        except KeyError as error:
            token = error.args[0]
            raise OptionError(
                f"environment[{name!r}]",
                template,
                f"{{{token}}} is not a token: {closest(token, TOKENS)} Known tokens: "
                f"{', '.join(TOKENS)}. Text with braces belongs in environment_variables.",
            ) from None


def check_variables(app: DjangoApp) -> None:
    """Refuses plain variables and secrets that take each other's name."""
    for name, value in app.environment_variables.items():
        check_variable("environment_variables", name, value)
        _refuse_plain_secret(app, name, value)
    for name, secret in app.secrets.items():
        check_variable("secrets", name, "")
        _refuse_text(f"secrets[{name!r}]", secret)
        if app.environment is not None and name in app.environment:
            raise OptionError(
                f"secrets[{name!r}]",
                name,
                f"environment[{name!r}] gives the same name: remove one of the two.",
            )


def _refuse_text(option: str, secret: object) -> None:
    if isinstance(secret, str):
        raise OptionError(
            option,
            secret,
            "give a secret, not its name, ARN or value: Secret.from_secret_complete_arn(...) or "
            "Secret.from_secret_name_v2(...) takes one that stands already.",
        )


def _refuse_plain_secret(app: DjangoApp, name: str, value: str) -> None:
    option = f"environment_variables[{name!r}]"
    if name in app.secrets:
        raise OptionError(option, value, f"secrets[{name!r}] has the same name: remove one.")
    template = _table(app).get(name, "")
    if any(isinstance(part, TokenRef) and part.name in SECRET_TOKENS for part in parse(template)):
        table = "the default table" if app.environment is None else f"environment[{name!r}]"
        raise OptionError(
            option,
            value,
            f"{table} gives {name} as the secret {template}; a plain value would put it in the "
            f"template. Give your own through secrets={{{name!r}: ...}}, or leave it out.",
        )


def check_variable(option: str, name: str, value: object) -> None:
    """Refuses what is not an environment variable's name, or not text."""
    if not _VARIABLE.fullmatch(name):
        raise OptionError(
            option, name, "a variable's name has letters, digits and underscores, no digit first."
        )
    if not isinstance(value, str):
        raise OptionError(
            f"{option}[{name!r}]", value, f"an environment holds text: give {str(value)!r}."
        )
