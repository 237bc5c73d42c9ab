"""The emulator's own APIs, called from within it: how most resource types are made."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from ministack.core.responses import get_region

from tests.emulator.settings import ROOT_CREDENTIALS


def endpoint() -> str:
    """Where this emulator listens."""
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"


def client(service: str) -> Any:
    """A client with all permissions, in the region of the stack at hand."""
    return _client(service, get_region())


@functools.cache
def _client(service: str, region: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint(),
        region_name=region,
        config=Config(retries={"total_max_attempts": 1}),
        **ROOT_CREDENTIALS,
    )


def parameters(
    service: str,
    operation: str,
    properties: Mapping[str, Any],
    *,
    rename: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> dict[str, Any]:
    """CloudFormation's properties as an API's parameters: other capitals, and types for text.

    :param rename: names that differ by more than capitals.
    :param without: properties that the API takes elsewhere or not at all.
    :raises ValueError: a property that the API does not know, which is thus not lost silently.
    """
    shape = client(service).meta.service_model.operation_model(operation).input_shape
    named = {
        (rename or {}).get(name, name): value
        for name, value in properties.items()
        if name not in without
    }
    return _as(shape, named, "")


def _as(shape: Any, value: Any, path: str) -> Any:  # noqa: PLR0911
    match shape.type_name:
        case "structure":
            return _structure(shape, value, path)
        case "list":
            items = value if isinstance(value, list) else [value]
            return [_as(shape.member, item, path) for item in items]
        case "map":
            return {key: _as(shape.value, item, path) for key, item in value.items()}
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return str(value).lower() == "true"
        case "string":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case _:
            return value


def _structure(shape: Any, value: Mapping[str, Any], path: str) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    unknown = [name for name in value if name.lower() not in members]
    if unknown:
        message = f"{shape.name} of the API has no {path}{' '.join(unknown)}"
        raise ValueError(message)
    return {
        members[name.lower()]: _as(shape.members[members[name.lower()]], item, f"{path}{name}.")
        for name, item in value.items()
    }
