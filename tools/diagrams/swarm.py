"""The services on an instance with docker swarm: what the stack file in its metadata holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tools.diagrams.parts import SWARM
from tools.diagrams.picture import INTERNET, Arrow, Part
from tools.diagrams.places import VPC
from tools.diagrams.resources import Resources, text_of

_PLACE = (VPC, "Public subnets", "docker swarm on the instance")
_FOLDER = "/opt/django-cdk"


def swarm_parts(resources: Resources) -> Iterator[Part]:
    """Yield a part for each service of the stack file."""
    for name in _file(resources, "stack.yml").get("services", {}):
        yield Part(key=_key(name), kind=SWARM, name=name, place=_PLACE)


def swarm_arrows(resources: Resources) -> Iterator[Arrow]:
    """Yield who talks to whom: by published ports, by routes, and by host names in settings."""
    services = _file(resources, "stack.yml").get("services", {})
    routes = json.dumps(_file(resources, "routes.yml"))
    for name, service in services.items():
        if service.get("ports"):
            yield Arrow(source=INTERNET, target=_key(name))
            yield from (
                Arrow(source=_key(name), target=_key(other))
                for other in services
                if re.search(rf"://{other}:", routes)
            )
        told = json.dumps([service.get("environment", {}), service.get("secrets", [])])
        for other in services:
            if re.search(rf"\b{other}\b", told):
                yield Arrow(source=_key(name), target=_key(other))


def _key(name: str) -> str:
    return f"swarm/{name}"


def _file(resources: Resources, name: str) -> Mapping[str, Any]:
    for resource in resources.values():
        init = resource.metadata.get("AWS::CloudFormation::Init", {})
        files = init.get("files", {}).get("files", {})
        if (file := files.get(f"{_FOLDER}/{name}")) is not None:
            parsed: Mapping[str, Any] = yaml.safe_load(text_of(file["content"]))
            return parsed
    return {}
