"""What the last synth of the CDK app in this folder left: its stacks and their regions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# What every target of an application has one of.
_OF_APPLICATIONS = frozenset({"AWS::ECS::Service", "AWS::EKS::Cluster", "AWS::EC2::Instance"})


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """A stack of the cloud assembly.

    :param name: in CloudFormation.
    :param region: None when the app leaves it to the environment.
    """

    name: str
    region: str | None


def synthesized_stacks(directory: Path) -> list[SynthesizedStack]:
    """The stacks with an application in them, of the CDK app that the directory lies in.

    :return: nothing without a cdk.json here or above, or before the first synth.
    """
    for folder in (directory, *directory.parents):
        settings = _read(folder / "cdk.json")
        if settings is not None:
            return list(_stacks(folder / str(settings.get("output", "cdk.out"))))
    return []


def _stacks(assembly: Path) -> Iterator[SynthesizedStack]:
    manifest = _read(assembly / "manifest.json") or {}
    for id_, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact.get("type") == "cdk:cloud-assembly":
            yield from _stacks(assembly / properties["directoryName"])
        if artifact.get("type") != "aws:cloudformation:stack":
            continue
        template = _read(assembly / properties["templateFile"]) or {}
        types = {one.get("Type") for one in template.get("Resources", {}).values()}
        if types & _OF_APPLICATIONS:
            region = str(artifact.get("environment", "")).rpartition("/")[2]
            yield SynthesizedStack(
                name=properties.get("stackName", id_),
                region=None if region in ("", "unknown-region") else region,
            )


def _read(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
