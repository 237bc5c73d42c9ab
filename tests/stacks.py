"""Synthesized stacks for tests: an application from its options to its template, as plain values.

The short way, in a module-scoped fixture (one synth costs about half a second)::

    @pytest.fixture(scope="module")
    def blog() -> Synthesized:
        return synthesize(celery_app="blog", use_celery_beat=True)

    def test_the_database_is_encrypted(blog: Synthesized) -> None:
        assert blog.template.one("AWS::RDS::DBInstance")["StorageEncrypted"] is True

Options that need a scope (a VPC of one's own) come as a function of the stack::

    synthesize(lambda stack: {"vpc": ec2.Vpc(stack, "OwnVpc")}, use_ecs_exec=True)

Several constructs or stacks: `new_app`, `new_stack`, `django_ecs`, then `Template.of_stack`. An
application without `image` or `image_directory` runs a finished image, so that nothing is staged;
`image_directory(folder)` makes the smallest directory that can be built.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from django_cdk import DjangoEcs
from tools.flags import recommended_flags

if TYPE_CHECKING:
    from constructs import IConstruct

ACCOUNT = "111122223333"
REGION = "eu-central-1"
#: Where a stack lies that has to know it.
ENVIRONMENT = cdk.Environment(account=ACCOUNT, region=REGION)

IMAGE = "registry.example.com/blog:1"

#: A domain whose zone is not looked up, with a certificate that is made.
DOMAIN: Mapping[str, Any] = {
    "api_domain_name": "api.example.com",
    "zone_name": "example.com",
    "hosted_zone_id": "Z0123456789",
}

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource of a template; `resource["Engine"]` is its property."""

    id: str
    definition: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.definition["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.definition.get("Properties", {})
        return found

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A property that may be missing."""
        return self.properties.get(name, default)

    @property
    def deletion_policy(self) -> str:
        """What happens to it when the stack is deleted."""
        return str(self.definition.get("DeletionPolicy", "Delete"))

    @property
    def ref(self) -> dict[str, str]:
        """`{"Ref": its id}`."""
        return {"Ref": self.id}

    def attribute(self, name: str) -> dict[str, list[str]]:
        """`{"Fn::GetAtt": [its id, name]}`."""
        return {"Fn::GetAtt": [self.id, name]}


@dataclass(frozen=True)
class Template:
    """The template of a stack, as CloudFormation gets it."""

    stack: cdk.Stack
    body: Mapping[str, Any]
    #: Directory of the cloud assembly that the template lies in.
    assembly: Path

    @classmethod
    def of_stack(cls, stack: cdk.Stack) -> Template:
        """Synthesize the stack's app, once, and read this stack's template."""
        assembly = Path(cdk.App.of(stack).synth().directory)  # type: ignore[union-attr]
        body = json.loads((assembly / stack.template_file).read_text())
        return cls(stack=stack, body=body, assembly=assembly)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Logical id -> resource."""
        return {name: Resource(name, body) for name, body in self.body["Resources"].items()}

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Logical id -> value of the output."""
        return {name: output["Value"] for name, output in self.body.get("Outputs", {}).items()}

    @property
    def text(self) -> str:
        """The whole template as JSON, to look for what must or must not be in it."""
        return json.dumps(self.body, indent=1)

    @property
    def types(self) -> set[str]:
        """The types of its resources."""
        return {one.type for one in self.resources.values()}

    def of_type(self, type_name: str) -> list[Resource]:
        """All resources of a type."""
        return [one for one in self.resources.values() if one.type == type_name]

    def one(self, type_name: str) -> Resource:
        """The only resource of a type."""
        found = self.of_type(type_name)
        assert len(found) == 1, f"{len(found)} of {type_name}: {[one.id for one in found]}"
        return found[0]

    def of(self, construct: IConstruct) -> Resource:
        """The resource of a construct: of itself when it is one, else of its default child."""
        element = construct if cdk.CfnElement.is_cfn_element(construct) else None
        element = element or construct.node.default_child
        assert element is not None, f"{construct.node.path} has no resource of its own"
        logical_id = self.stack.resolve(element.logical_id)  # type: ignore[attr-defined]
        return self.resources[logical_id]

    def task(self, process: str) -> Resource:
        """The task definition of a process, by its name: web, celery, beat, release, ..."""
        found = [
            one
            for one in self.of_type("AWS::ECS::TaskDefinition")
            if _stream_prefix(one) == process
        ]
        assert len(found) == 1, f"{len(found)} task definitions of {process!r}"
        return found[0]

    def container(self, process: str) -> Mapping[str, Any]:
        """The container definition of a process, by its name."""
        (container,) = self.task(process)["ContainerDefinitions"]
        found: Mapping[str, Any] = container
        return found

    def environment(self, process: str = "web") -> dict[str, Any]:
        """The plain environment of a process: name -> value."""
        return {one["Name"]: one["Value"] for one in self.container(process)["Environment"]}

    def secrets(self, process: str = "web") -> dict[str, Any]:
        """The secrets of a process: name -> where its value comes from."""
        return {one["Name"]: one["ValueFrom"] for one in self.container(process)["Secrets"]}

    def statements(self, role: Resource) -> list[Mapping[str, Any]]:
        """The policy statements attached to a role of this stack."""
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy")
            if role.ref in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def subnets(self, tier: str) -> list[Resource]:
        """The subnets of a tier: Public, Private or Isolated."""
        tag = {"Key": "aws-cdk:subnet-name", "Value": tier}
        return [one for one in self.of_type("AWS::EC2::Subnet") if tag in one["Tags"]]

    def ingress(self, group: Resource) -> list[Mapping[str, Any]]:
        """The rules of a security group, written in it or beside it."""
        beside = [
            one.properties
            for one in self.of_type("AWS::EC2::SecurityGroupIngress")
            if one["GroupId"] == group.attribute("GroupId")
        ]
        return [*group.get("SecurityGroupIngress", []), *beside]

    def leans_on(self, resource: Resource) -> set[str]:
        """Logical ids that stand before a resource: DependsOn, Ref, GetAtt and Sub, closed."""
        seen: set[str] = set()
        todo = [resource.id]
        while todo:
            for other in self._direct[todo.pop()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    @cached_property
    def _direct(self) -> Mapping[str, set[str]]:
        return {
            name: {other for other in _mentioned(one.definition) if other in self.resources}
            for name, one in self.resources.items()
        }


@dataclass(frozen=True)
class Synthesized:
    """One application alone in a stack: the construct and the template it makes."""

    construct: DjangoEcs
    template: Template


def new_app(*, flags: Options | None = None) -> cdk.App:
    """An app with the given feature flags; by default the recommended ones of cdk.json."""
    return cdk.App(context=dict(recommended_flags() if flags is None else flags))


def new_stack(
    name: str = "Stack", *, app: cdk.App | None = None, env: cdk.Environment | None = None
) -> cdk.Stack:
    """A stack, for any account and region unless `env` is given."""
    return cdk.Stack(app or new_app(), name, env=env)


def django_ecs(
    stack: cdk.Stack,
    name: str = "Blog",
    more: Callable[[cdk.Stack], Options] | None = None,
    **options: Any,
) -> DjangoEcs:
    """A DjangoEcs with a finished image unless one is given; `more` makes options in the stack."""
    options.update(more(stack) if more else {})
    if "image" not in options and "image_directory" not in options:
        options["image"] = IMAGE
    return DjangoEcs(stack, name, **options)


def synthesize(
    more: Callable[[cdk.Stack], Options] | None = None,
    *,
    env: cdk.Environment | None = None,
    flags: Options | None = None,
    **options: Any,
) -> Synthesized:
    """One DjangoEcs called Blog alone in a stack, synthesized."""
    stack = new_stack(app=new_app(flags=flags), env=env)
    construct = django_ecs(stack, more=more, **options)
    return Synthesized(construct=construct, template=Template.of_stack(stack))


def image_directory(folder: Path) -> str:
    """Make the smallest directory that can be built in this folder, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Dockerfile").write_text("FROM python:3.13-slim\n")
    return str(folder)


def _stream_prefix(task: Resource) -> object:
    (container,) = task["ContainerDefinitions"]
    return container["LogConfiguration"]["Options"]["awslogs-stream-prefix"]


def _mentioned(value: object) -> Iterator[str]:
    """Every logical id that a piece of a template mentions."""
    if isinstance(value, list):
        for one in value:
            yield from _mentioned(one)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref":
                yield str(inner)
            elif key == "Fn::GetAtt":
                yield inner[0] if isinstance(inner, list) else str(inner).split(".")[0]
            elif key == "Fn::Sub":
                yield from _in_substitution(inner)
            elif key == "DependsOn":
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from _mentioned(inner)


def _in_substitution(value: str | list[Any]) -> Iterator[str]:
    text, given = (value, {}) if isinstance(value, str) else value
    for piece in text.split("${")[1:]:
        yield piece.split("}")[0].split(".")[0]
    yield from _mentioned(given)
