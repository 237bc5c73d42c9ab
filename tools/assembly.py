"""Read what a synth left behind: the stacks of a cloud assembly, their outputs and findings."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class StackSummary:
    """What one template holds."""

    name: str
    environment: str
    resources: Counter[str]
    outputs: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AssemblySummary:
    """What one app synthesized; a finding is a line that a person should read."""

    stacks: list[StackSummary]
    findings: list[str]


def read_assembly(folder: Path) -> AssemblySummary:
    """Return the summary of the cloud assembly in that folder."""
    manifest = _read_json(folder / "manifest.json")
    stacks = [
        _read_stack(
            folder / artifact["properties"]["templateFile"],
            name=artifact.get("displayName", name),
            environment=artifact["environment"].removeprefix("aws://"),
        )
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    nested = [
        _read_stack(path, name=path.name.split(".")[0], environment="nested")
        for path in sorted(folder.glob("*.nested.template.json"))
    ]
    lookups = [
        f"missing lookup of {lookup['provider']}: only the CDK command line can make it"
        for lookup in manifest.get("missing", [])
    ]
    return AssemblySummary(stacks=stacks + nested, findings=lookups + _validation_findings(folder))


def _read_stack(path: Path, *, name: str, environment: str) -> StackSummary:
    template = _read_json(path)
    return StackSummary(
        name=name,
        environment=environment,
        resources=Counter(resource["Type"] for resource in template.get("Resources", {}).values()),
        outputs={
            output: value_text(declared["Value"])
            for output, declared in template.get("Outputs", {}).items()
        },
    )


def _validation_findings(folder: Path) -> list[str]:
    path = folder / "validation-report.json"
    if not path.is_file():  # the CDK writes none when it has nothing to say
        return []
    return [
        f"{violation['severity']}: {construct['constructPath']}: "
        f"{' '.join(violation['description'].split())} [{violation['ruleName']}]"
        for plugin in _read_json(path)["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def value_text(value: Any) -> str:
    """Return a template value as one line, with `${...}` where CloudFormation fills in.

    >>> value_text({"Fn::Join": ["", ["http://", {"Fn::GetAtt": ["Lb", "DNSName"]}]]})
    'http://${Lb.DNSName}'
    """
    match value:
        case str():
            return value
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"${{{resource}.{attribute}}}"
        case {"Fn::Join": [separator, list(parts)]}:
            return str(separator).join(value_text(part) for part in parts)
        case _:
            return json.dumps(value)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text())
