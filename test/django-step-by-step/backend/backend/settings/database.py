"""Where the database is: each of three ways suffices alone, the first that fits wins.

1. DATABASE_URL
2. POSTGRES_SERVICE_HOST, _PORT, POSTGRES_NAME, _USERNAME, _PASSWORD
3. DB_SECRET_NAME, asked only when neither of the two above gives a password: the name or ARN of
   a Secrets Manager secret with username, password, host, port and dbname. A secret that RDS
   manages itself holds only username and password; the POSTGRES_* parts supply the rest.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from backend.settings import env

Settings = dict[str, Any]

# A connection outlives a request; a failed-over database is noticed before the next query.
PERSISTENT = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def from_environment() -> Settings | None:
    """The `default` database, or None when no variable names one."""
    url = env.text("DATABASE_URL")
    settings = _given(dict(dj_database_url.parse(url))) if url else _from_parts()
    secret_name = env.text("DB_SECRET_NAME")
    if secret_name and "PASSWORD" not in settings:
        settings = {**_from_secret(secret_name), **settings}
    if not url and "HOST" not in settings:
        return None
    if "NAME" not in settings:
        raise ImproperlyConfigured("the database has no name: set POSTGRES_NAME")
    return {**settings, **PERSISTENT}


def required() -> Settings:
    if settings := from_environment():
        return settings
    raise ImproperlyConfigured(
        "no database: set DATABASE_URL, or POSTGRES_SERVICE_HOST and its parts, or DB_SECRET_NAME"
    )


def _from_parts() -> Settings:
    return _postgres(
        host=env.text("POSTGRES_SERVICE_HOST"),
        port=env.text("POSTGRES_SERVICE_PORT"),
        name=env.text("POSTGRES_NAME"),
        user=env.text("POSTGRES_USERNAME"),
        password=env.text("POSTGRES_PASSWORD"),
    )


def _from_secret(name: str) -> Settings:
    # An ARN tells its region; a plain name is looked up where boto3 finds itself, else at S3's.
    region = name.split(":")[3] if name.startswith("arn:") else None
    session = boto3.Session()
    region = region or session.region_name or env.text("AWS_S3_REGION_NAME") or None
    client = session.client("secretsmanager", region_name=region)
    secret = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
    return _postgres(
        host=secret.get("host", ""),
        port=secret.get("port", ""),
        name=secret.get("dbname", ""),
        user=secret["username"],
        password=secret["password"],
    )


def _postgres(*, host: str, port: str | int, name: str, user: str, password: str) -> Settings:
    # No sslmode: libpq's `prefer` speaks TLS with a server that forces it, and plain otherwise.
    return _given(
        {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": host,
            "PORT": str(port),
            "NAME": name,
            "USER": user,
            "PASSWORD": password,
        }
    )


def _given(settings: Settings) -> Settings:
    """Without what was left empty, so that a secret can supply it."""
    return {key: value for key, value in settings.items() if value not in ("", None)}
