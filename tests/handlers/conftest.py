"""The fakes, and events as CloudFormation sends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.handlers.fakes import CLUSTER, DEFINITION, STACK, Aws, Deployment


@pytest.fixture
def properties() -> dict[str, Any]:
    return {
        "ServiceToken": "arn:aws:lambda:eu-central-1:123456789012:function:provider",
        "Name": "migrate",
        "Cluster": CLUSTER,
        "TaskDefinition": DEFINITION,
        "Container": "web",
        "Command": ["python", "manage.py", "migrate", "--no-input"],
        "Subnets": ["subnet-1", "subnet-2"],
        "SecurityGroups": ["sg-1"],
        "AssignPublicIp": "DISABLED",
        "LogGroup": "/blog/release",
        "LogStreamPrefix": "release",
        "TimeoutSeconds": "1800",
        "Trigger": {"image": "blog:1", "command": ["migrate"]},
    }


EventMaker = Callable[..., dict[str, Any]]


@pytest.fixture
def event(properties: dict[str, Any]) -> EventMaker:
    """Makes an event of the given type; keywords change properties, `old` gives the former ones."""

    def make(
        kind: str = "Create", *, old: dict[str, Any] | None = None, **changed: Any
    ) -> dict[str, Any]:
        made = {
            "RequestType": kind,
            "ResponseURL": "https://cloudformation.example/answer?secret",
            "StackId": STACK,
            "RequestId": "6f6d6d0a-4b5f-4f0c-9a53-1c8f7a0d4f1e",
            "ResourceType": "Custom::DjangoReleaseCommand",
            "LogicalResourceId": "BlogMigrate1A2B3C4D",
            "ResourceProperties": properties | changed,
        }
        if kind != "Create":
            made["PhysicalResourceId"] = "release-of-the-first-deployment"
        if kind == "Update":
            made["OldResourceProperties"] = properties | (old or {"Trigger": {"image": "blog:0"}})
        return made

    return make


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def deployment(aws: Aws, event: EventMaker) -> Deployment:
    """A first deployment, whose command has been started."""
    made = Deployment(aws, event())
    made.begin()
    return made
