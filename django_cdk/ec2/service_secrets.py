"""Secrets of the services on the machine, and what the application is told of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_secretsmanager as secretsmanager
from constructs import Construct

from django_cdk.environment import SecretField
from django_cdk.swarm.environment import cache_values, database_values
from django_cdk.swarm.services import POSTGRES_HOST, POSTGRES_PORT
from django_cdk.swarm.target import (
    DATABASE_NAME,
    DATABASE_USER,
    PORTAINER_SECRET,
    POSTGRES_SECRET,
    TLS_CERTIFICATE_SECRET,
    TLS_KEY_SECRET,
    VALKEY_SECRET,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_cdk.environment import Value
    from django_cdk.removal import Removal


class ServiceSecrets(Construct):
    """Generated passwords, and SECRET_KEY.

    :param database: Postgres runs as a service.
    :param cache: Valkey runs as a service.
    :param portainer: Portainer runs.
    :param certificate: the user's own certificate: a secret with the fields ``certificate`` and
        ``private_key``, both PEM.
    :param removal: what stays when the stack is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: bool,
        cache: bool,
        portainer: bool,
        certificate: secretsmanager.ISecret | None,
        removal: Removal,
    ) -> None:
        super().__init__(scope, id)
        self._removal = removal
        #: SECRET_KEY, generated.
        self.secret_key = self._generated("SecretKey", "Django SECRET_KEY")
        #: Login of the database, with its address, as the secret of an RDS instance has it.
        self.database = self._login() if database else None
        #: Password of Valkey; None without it.
        self.cache = self._generated("Cache", "Password of Valkey") if cache else None
        #: Password of Portainer's user; None without it.
        self.portainer = (
            self._generated("Portainer", "Portainer's user admin") if portainer else None
        )
        self._certificate = certificate

    @property
    def values(self) -> Mapping[str, Value]:
        """What the tokens of the services stand for."""
        values: dict[str, Value] = {"secret_key": SecretField(self.secret_key)}
        if self.database:
            values |= database_values(SecretField(self.database, "password"))
            values["database.secret"] = self.database.secret_arn
        if self.cache:
            values |= cache_values(SecretField(self.cache))
        return values

    @property
    def for_services(self) -> Mapping[str, SecretField]:
        """Name of the swarm secret -> where its value lies."""
        found: dict[str, SecretField] = {}
        if self.database:
            found[POSTGRES_SECRET] = SecretField(self.database, "password")
        if self.cache:
            found[VALKEY_SECRET] = SecretField(self.cache)
        if self.portainer:
            found[PORTAINER_SECRET] = SecretField(self.portainer)
        if self._certificate:
            found[TLS_CERTIFICATE_SECRET] = SecretField(self._certificate, "certificate")
            found[TLS_KEY_SECRET] = SecretField(self._certificate, "private_key")
        return found

    def _generated(self, id: str, description: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            id,
            description=f"{description} of {self.node.path}",
            # Letters and digits only: passwords become parts of URLs as they are.
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=64
            ),
            removal_policy=self._removal.other,
        )

    def _login(self) -> secretsmanager.Secret:
        template = (
            f'{{"username": "{DATABASE_USER}", "host": "{POSTGRES_HOST}", '
            f'"port": {POSTGRES_PORT}, "dbname": "{DATABASE_NAME}"}}'
        )
        return secretsmanager.Secret(
            self,
            "Database",
            description=f"Login of Postgres of {self.node.path}",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=template,
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=48,
            ),
            removal_policy=self._removal.other,
        )
