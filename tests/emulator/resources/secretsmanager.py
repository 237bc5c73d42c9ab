"""Secrets.

AWS: the Ref of a secret is its ARN, and GenerateSecretString leaves out the characters that it
excludes. ministack 1.5.33: the Ref is the name, and without a template punctuation stays in.
"""

from __future__ import annotations

from typing import Any

import ministack.services.secretsmanager as service
from ministack.services.cloudformation import provisioners

from tests.emulator.ministack_parts import Made, Properties, wrap
from tests.routing.local.secret_values import generated


def _name(arn: str) -> str:
    _key, secret = service._resolve(arn)
    return str(secret["Name"]) if secret else arn


def _create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        _physical_id, attributes = original(logical_id, properties, stack)
        return attributes["Arn"], attributes

    return create


def _update(original: Any) -> Any:
    def update(
        arn: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None
    ) -> Made:
        _physical_id, attributes = original(_name(arn), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    return update


def _delete(original: Any) -> Any:
    return lambda arn, properties: original(_name(arn), properties)


def _value(original: Any) -> Any:
    def value(properties: Properties) -> str:
        options = properties.get("GenerateSecretString")
        return generated(options) if options else original(properties)

    return value


def install() -> None:
    """Puts both right."""
    wrap(provisioners, "_sm_secret_string", _value)
    wrap(provisioners, "_sm_secret_create", _create)
    wrap(provisioners, "_sm_secret_update", _update)
    wrap(provisioners, "_sm_secret_delete", _delete)
