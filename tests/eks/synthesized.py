"""A DjangoEks from its options to its template, as plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django_cdk import DjangoEks
from tests.eks.objects import Manifest
from tests.stacks import DOMAIN, IMAGE, Options, Resource, Template, new_app, new_stack

if TYPE_CHECKING:
    import aws_cdk as cdk

CHART = "Custom::AWSCDK-EKS-HelmChart"
OBJECTS = "Custom::AWSCDK-EKS-KubernetesResource"

#: A domain whose zone is not looked up, with a certificate that is made.
IN_DOMAIN: Mapping[str, Any] = {
    "domain_name": DOMAIN["api_domain_name"],
    "zone_name": DOMAIN["zone_name"],
    "hosted_zone_id": DOMAIN["hosted_zone_id"],
}


@dataclass(frozen=True)
class Synthesized:
    """One application alone in a stack: the construct and the template it makes."""

    construct: DjangoEks
    template: Template

    def chart(self, release: str) -> Resource:
        """The Helm chart of a release, by its name."""
        (found,) = [one for one in self.template.of_type(CHART) if one["Release"] == release]
        return found

    def values(self, release: str) -> Manifest:
        """The values of a release; what only the deployment knows is called by its logical id."""
        found: Manifest = json.loads(text(self.chart(release)["Values"]))
        return found

    @cached_property
    def manifests(self) -> list[Manifest]:
        """The objects of the application's release."""
        found: list[Manifest] = self.values("application")["manifests"]
        return found

    @cached_property
    def outside(self) -> list[Manifest]:
        """The objects that stand outside of any release."""
        return [
            one
            for resource in self.template.of_type(OBJECTS)
            for one in json.loads(text(resource["Manifest"]))
        ]


def text(value: Any) -> str:
    """A piece of a template as one text, with names in the place of what is not known yet."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, pieces]}:
            return str(separator).join(map(text, pieces))
        case {"Fn::Sub": str(template)}:
            return template
        case {"Fn::Select": [number, {"Fn::Split": [separator, whole]}]}:
            return f"<{text(whole)} split by {separator} {number}>"
    raise AssertionError(f"no text: {value}")


def django_eks(
    stack: cdk.Stack,
    name: str = "Blog",
    more: Callable[[cdk.Stack], Options] | None = None,
    **options: Any,
) -> DjangoEks:
    """A DjangoEks with a finished image unless one is given; `more` makes options in the stack."""
    options.update(more(stack) if more else {})
    if "image" not in options and "image_directory" not in options:
        options["image"] = IMAGE
    return DjangoEks(stack, name, **options)


def synthesize(
    more: Callable[[cdk.Stack], Options] | None = None,
    *,
    env: cdk.Environment | None = None,
    flags: Options | None = None,
    **options: Any,
) -> Synthesized:
    """One DjangoEks called Blog alone in a stack, synthesized."""
    stack = new_stack(app=new_app(flags=flags), env=env)
    construct = django_eks(stack, more=more, **options)
    return Synthesized(construct=construct, template=Template.of_stack(stack))
