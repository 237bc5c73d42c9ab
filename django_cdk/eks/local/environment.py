"""The environment of an application on a local cluster: the same table, other values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django_cdk.environment import SecretField, resolve
from django_cdk.errors import OptionError

from .backing import POSTGRES_PORT, VALKEY_PORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk.aws_secretsmanager import ISecret

    from django_cdk.app import DjangoApp
    from django_cdk.environment import Value

DATABASE = "django"
# Known to everybody who reads this: nothing outside of the local cluster has it.
PASSWORD = "local-only"  # noqa: S105
_KEY = "local-only-" + "0" * 53


@dataclass(frozen=True, kw_only=True)
class LocalEnvironment:
    """Plain variables, and those that come from a Kubernetes Secret."""

    plain: Mapping[str, str]
    secrets: Mapping[str, str]


def local_environment(app: DjangoApp, *, host: str, secrets: Mapping[str, str]) -> LocalEnvironment:
    """The environment with what each token stands for locally.

    :param host: host name of the application.
    :param secrets: values for the application's own ``secrets``.
    :raises OptionError: one of them is missing.
    """
    for name in app.secrets:
        if name not in secrets:
            raise OptionError(
                f"secrets[{name!r}]",
                name,
                "a local cluster does not read Secrets Manager: give a value for it with "
                f"--secret {name}=VALUE.",
            )
    resolved = resolve(app, _values(app, host))
    composed = {
        name: "".join(part if isinstance(part, str) else part.field for part in parts)
        for name, parts in resolved.derived.items()
    }
    own = {name: one.field for name, one in resolved.secrets.items() if name not in app.secrets}
    given = {name: secrets[name] for name in app.secrets}
    return LocalEnvironment(plain=resolved.plain, secrets={**own, **composed, **given})


def _secret(value: str) -> SecretField:
    """A value that is sorted like a secret; there is no Secrets Manager, the field is the value."""
    return SecretField(cast("ISecret", None), value)


def _values(app: DjangoApp, host: str) -> Mapping[str, Value]:
    password = _secret(PASSWORD)
    origin = f"http://{host}"
    values: dict[str, Value] = {
        "database.host": "postgres",
        "database.port": str(POSTGRES_PORT),
        "database.name": DATABASE,
        "database.username": DATABASE,
        "database.password": password,
        "database.secret": "",
        "database.url": _secret(
            f"postgres://{DATABASE}:{PASSWORD}@postgres:{POSTGRES_PORT}/{DATABASE}"
        ),
        "cache.host": "valkey",
        "cache.port": str(VALKEY_PORT),
        "cache.url": _secret(f"redis://valkey:{VALKEY_PORT}/0"),
        "host": host,
        "origin": origin,
        "trusted_origins": origin,
        "region": "local",
        "secret_key": _secret(_KEY),
    }
    if app.environment is not None:
        # In a project's own table every token must stand for something. There is no S3 here.
        absent = ("bucket", "cdn_domain", "frontend_url", "zone_name", "vpc_cidr", "cache.password")
        values.update(dict.fromkeys(absent, ""))
    return values
