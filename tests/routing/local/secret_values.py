"""The secrets of a stack with values: generated or composed as CloudFormation does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
"""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Mapping
from typing import Any

from tests.routing.template import Deployed

_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(arn:[^{}]+?):SecretString:([^:{}]*):[^{}]*\}\}")


class SecretValues:
    """Every secret of a stack, by its ARN."""

    def __init__(self, deployed: Deployed) -> None:
        self._deployed = deployed
        self._values: dict[str, str] = {}
        composed = {}
        for name, secret in deployed.of_type("AWS::SecretsManager::Secret").items():
            properties = secret["Properties"]
            if "GenerateSecretString" in properties:
                self._values[deployed.ref(name)] = generated(properties["GenerateSecretString"])
            else:
                composed[name] = properties["SecretString"]
        for name, text in composed.items():
            self._values[deployed.ref(name)] = self.filled(text)

    def field(self, arn: str, field: str) -> str:
        """One field of a secret; the whole of it when the field is empty."""
        value = self._values[arn]
        return str(json.loads(value)[field]) if field else value

    def variable(self, value_from: str) -> str:
        """The value behind `ValueFrom` of a container's secret: an ARN, a JSON key, and two more.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
        """
        *arn, field, stage, version = (value_from + ":::").split(":")[:10]
        assert stage == version == "", f"{value_from} asks for a version"
        return self.field(":".join(arn), field)

    def filled(self, text: Any) -> str:
        """A value of the template with its functions and dynamic references resolved."""
        resolved = self._deployed.text(text)
        filled = _DYNAMIC.sub(lambda one: self.field(one[1], one[2]), resolved)
        assert "{{resolve:" not in filled, "a dynamic reference that is unknown here"
        return filled


def generated(options: Mapping[str, Any]) -> str:
    """A secret's value by its GenerateSecretString."""
    characters = string.ascii_letters + string.digits
    if not options.get("ExcludePunctuation"):
        characters += string.punctuation
    excluded = options.get("ExcludeCharacters", "")
    allowed = [one for one in characters if one not in excluded]
    password = "".join(secrets.choice(allowed) for _ in range(options.get("PasswordLength", 32)))
    if "GenerateStringKey" not in options:
        return password
    return json.dumps(
        {**json.loads(options["SecretStringTemplate"]), options["GenerateStringKey"]: password}
    )
