"""Which fields of which Secrets Manager secrets become which variables: a SecretProviderClass."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .target import Manifest

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class SecretVariable:
    """One secret variable.

    :param name: of the variable.
    :param arn: of the Secrets Manager secret.
    :param field: of its JSON value; empty: the whole value.
    """

    name: str
    arn: str
    field: str = ""


def provider_class(
    variables: Sequence[SecretVariable],
    *,
    name: str,
    namespace: str,
    region: str,
    labels: Mapping[str, str],
    pod_identity: bool,
) -> Manifest:
    """The SecretProviderClass, which also keeps a Kubernetes Secret of its own name.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/integrating_csi_driver_SecretProviderClass.html
    """
    aliases = _aliases(variables)
    objects = json.dumps(_objects(aliases), indent=1)
    parameters = {"region": region, "objects": objects}
    if pod_identity:
        parameters["usePodIdentity"] = "true"
    return {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "provider": "aws",
            "parameters": parameters,
            "secretObjects": [
                {
                    "secretName": name,
                    "type": "Opaque",
                    "labels": dict(labels),
                    "data": [
                        {"objectName": aliases[one.arn, one.field], "key": one.name}
                        for one in variables
                    ],
                }
            ],
        },
    }


def _aliases(variables: Sequence[SecretVariable]) -> dict[tuple[str, str], str]:
    """Secret and field -> name of its file: two variables may share a value."""
    aliases: dict[tuple[str, str], str] = {}
    for one in variables:
        aliases.setdefault((one.arn, one.field), one.name)
    return aliases


def _objects(aliases: Mapping[tuple[str, str], str]) -> list[Manifest]:
    """One object for each secret: its value as a whole, and its fields."""
    by_secret: dict[str, Manifest] = {}
    for (arn, field), alias in aliases.items():
        # Without an alias the file of the whole value is called like the ARN.
        made = by_secret.setdefault(
            arn,
            {
                "objectName": arn,
                "objectType": "secretsmanager",
                "objectAlias": f"secret-{len(by_secret)}",
            },
        )
        if field:
            made.setdefault("jmesPath", []).append({"path": _path(field), "objectAlias": alias})
        else:
            made["objectAlias"] = alias
    return list(by_secret.values())


def _path(field: str) -> str:
    """The field as a JMESPath expression."""
    return field if _IDENTIFIER.fullmatch(field) else json.dumps(field)
