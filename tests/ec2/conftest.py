"""DockerEc2 alone in a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from django_cdk import DockerEc2
from tests.stacks import DOMAIN, IMAGE, Resource, Template, new_stack

if TYPE_CHECKING:
    import aws_cdk as cdk

#: A domain whose zone is not looked up.
IN_DOMAIN: Mapping[str, Any] = {
    "domain_name": DOMAIN["api_domain_name"],
    "zone_name": DOMAIN["zone_name"],
    "hosted_zone_id": DOMAIN["hosted_zone_id"],
}


@dataclass(frozen=True)
class Synthesized:
    """The construct and the template it makes."""

    construct: DockerEc2
    template: Template

    @property
    def instance(self) -> Resource:
        return self.template.one("AWS::EC2::Instance")

    @cached_property
    def init(self) -> dict[str, Any]:
        """What cfn-init does."""
        found: dict[str, Any] = self.instance.definition["Metadata"]["AWS::CloudFormation::Init"]
        return found

    def file(self, name: str) -> str:
        """A file on the machine; what CloudFormation fills in is `<logical id>`."""
        return flat(self.init["files"]["files"][f"/opt/django-cdk/{name}"]["content"])

    @cached_property
    def stack(self) -> Any:
        """The stack file."""
        return yaml.safe_load(self.file("stack.yml"))

    @property
    def role_statements(self) -> list[Mapping[str, Any]]:
        return self.template.statements(self.template.of(self.construct.role))

    @property
    def trigger(self) -> Any:
        """What makes a deployment update the swarm."""
        return self.template.one("Custom::DjangoSwarmUpdate")["Trigger"]


def flat(value: Any) -> str:
    """Text with intrinsic functions as `<name>`."""
    if isinstance(value, str):
        return value
    ((function, inner),) = value.items()
    if function == "Fn::Join":
        return str(inner[0]).join(flat(part) for part in inner[1])
    return f"<{inner if isinstance(inner, str) else '.'.join(inner)}>"


def make(
    more: Callable[[cdk.Stack], Mapping[str, Any]] | None = None,
    *,
    env: cdk.Environment | None = None,
    **options: Any,
) -> Synthesized:
    """One DockerEc2 called Blog with a finished image; `more` makes options in the stack."""
    stack = new_stack(env=env)
    options.update(more(stack) if more else {})
    if "image_directory" not in options:
        options.setdefault("image", IMAGE)
    construct = DockerEc2(stack, "Blog", **options)
    return Synthesized(construct=construct, template=Template.of_stack(stack))


@pytest.fixture(scope="session")
def plain() -> Synthesized:
    """What the defaults give."""
    return make()


@pytest.fixture(scope="session")
def domain() -> Synthesized:
    """With a domain, celery and beat."""
    return make(celery_app="blog.celery:app", use_celery_beat=True, **IN_DOMAIN)
