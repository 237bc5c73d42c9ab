"""A synthesized template as values: resources with their paths, and what mentions what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.diagrams.parts import WEB_IDENTITY_ROLE
from tools.environment import tool_environment
from tools.flags import recommended_flags
from tools.released import ALL_SETTINGS
from tools.synth import synthesize

# The CDK command line asks for the paths; without it they are asked for here.
_WITH_PATHS: Mapping[str, object] = {"aws:cdk:enable-path-metadata": True}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a template; `path` is its construct path below the stack."""

    id: str
    type: str
    path: tuple[str, ...]
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


Resources = Mapping[str, Resource]


def synthesized(module: str, stack: str, folder: Path) -> Resources:
    """Synthesize an app of integ/ with every setting given; return one stack's resources."""
    environment = {**tool_environment(), **ALL_SETTINGS, "CDK_VALIDATION": "false"}
    flags = {**recommended_flags(), **_WITH_PATHS}
    synthesize(module, folder, environment=environment, flags=flags)
    return read(json.loads((folder / f"{stack}.template.json").read_text()))


def read(template: Mapping[str, Any]) -> Resources:
    """Return the resources of a template by logical id, in its own order."""
    return {
        logical_id: Resource(
            id=logical_id,
            type=_type(declared),
            path=_path(declared),
            properties=declared.get("Properties", {}),
            metadata=declared.get("Metadata", {}),
        )
        for logical_id, declared in template["Resources"].items()
    }


def _type(declared: Mapping[str, Any]) -> str:
    name: str = declared["Type"]
    trust = json.dumps(declared.get("Properties", {}).get("AssumeRolePolicyDocument", ""))
    return WEB_IDENTITY_ROLE if "sts:AssumeRoleWithWebIdentity" in trust else name


def _path(declared: Mapping[str, Any]) -> tuple[str, ...]:
    path: str = declared.get("Metadata", {}).get("aws:cdk:path", "")
    return tuple(path.split("/")[1:])


def mentioned(value: object) -> Iterator[str]:
    """Yield every logical id that a value of a template refers to, pseudo parameters too."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            yield from re.findall(r"\$\{([A-Za-z0-9]+)[.}]", text)
        case Mapping():
            for part in value.values():
                yield from mentioned(part)
        case list():
            for part in value:
                yield from mentioned(part)


def text_of(value: object) -> str:
    """Return a text of a template with `${LogicalId}` where CloudFormation fills something in."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(text_of(part) for part in parts)
        case _:
            return "".join(f"${{{name}}}" for name in mentioned(value))
