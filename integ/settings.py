"""The settings of the integ apps, read from the environment here and nowhere else.

With nothing set, an app synthesizes an environment-agnostic stack without a domain. `.env.template`
lists every variable.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self

import aws_cdk as cdk


def _variable(name: str) -> str | None:
    """Declare a setting that comes from the environment variable `name`."""
    setting: str | None = field(default=None, metadata={"variable": name})
    return setting


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment is told from outside; None where the variable is not set or empty."""

    region: str | None = _variable("AWS_DEFAULT_REGION")
    account: str | None = _variable("AWS_ACCOUNT_ID")
    zone_name: str | None = _variable("ZONE_NAME")
    api_domain_name: str | None = _variable("API_DOMAIN_NAME")
    frontend_domain_name: str | None = _variable("FRONTEND_DOMAIN_NAME")
    certificate_arn: str | None = _variable("CERTIFICATE_ARN")
    frontend_url: str | None = _variable("FRONTEND_URL")
    frontend_image_directory: str | None = _variable("FRONTEND_IMAGE_DIRECTORY")
    connection_arn: str | None = _variable("CONNECTION_ARN")
    repository: str | None = _variable("REPOSITORY")

    def __post_init__(self) -> None:
        """Refuse a zone that can't be looked up."""
        if self.zone_name:
            self.require("region", "account", reason="ZONE_NAME is looked up in the account")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read every setting from its variable."""
        return cls(**{name: environ.get(variable) or None for name, variable in _variables()})

    def require(self, *names: str, reason: str = "this app needs it") -> None:
        """Check that the settings of these names are given.

        Raises:
            SystemExit: one is not; the message names its variable in one line.
        """
        variables = dict(_variables())
        missing = [variables[name] for name in names if getattr(self, name) is None]
        if missing:
            message = f"{' and '.join(missing)} must be set: {reason} (see .env.template)"
            raise SystemExit(message)

    def variables(self) -> dict[str, str]:
        """Return what is set, as the environment that gives the same settings elsewhere."""
        values = {variable: getattr(self, name) for name, variable in _variables()}
        return {variable: value for variable, value in values.items() if value is not None}

    @property
    def environment(self) -> cdk.Environment | None:
        """The account and region to pass as `env` of a stack; None leaves the stack agnostic."""
        if self.account is None or self.region is None:
            return None
        return cdk.Environment(account=self.account, region=self.region)


def _variables() -> list[tuple[str, str]]:
    return [(setting.name, setting.metadata["variable"]) for setting in fields(Settings)]
