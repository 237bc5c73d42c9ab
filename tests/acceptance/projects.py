"""What the acceptance tests share: a project's shape on disk, and templates read as sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.stacks import DOMAIN, Options, Synthesized, synthesize

if TYPE_CHECKING:
    import aws_cdk as cdk

_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:secretsmanager:(<[^>]+>):SecretString:(\w*)::\}\}")


def project(folder: Path, *, dockerfile: str = "Dockerfile") -> str:
    """Make a directory with a Dockerfile at the project's own place; return the build context."""
    path = folder / dockerfile
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("FROM scratch\n")
    return str(folder)


def deploy(
    domain: str, more: Callable[[cdk.Stack], Options] | None = None, **options: Any
) -> Readable:
    """Synthesize a project under a domain of example.com."""
    return Readable(synthesize(more, **{**DOMAIN, "api_domain_name": domain}, **options))


class Readable:
    """A synthesized application whose references are replaced by what they stand for."""

    def __init__(self, synthesized: Synthesized) -> None:
        self.construct = synthesized.construct
        self.template = synthesized.template
        self._names = _names(synthesized)

    def container(self, process: str) -> Mapping[str, Any]:
        """The container definition of a process."""
        return self.template.container(process)

    def environment(self, process: str = "web") -> dict[str, str]:
        """Name -> plain value."""
        plain = self.template.environment(process)
        return {name: self.text(value) for name, value in plain.items()}

    def secrets(self, process: str = "web") -> dict[str, str]:
        """Name -> secret, with `:field` when it is one field of a JSON value."""
        sources = self.template.secrets(process)
        return {name: self.text(value).removesuffix("::") for name, value in sources.items()}

    @property
    def derived(self) -> dict[str, str]:
        """Field of the composed secret -> what CloudFormation composes it of."""
        secret = self.construct.environment.derived_secret
        assert secret is not None, "no secret is composed"
        composed = json.loads(self.text(self.template.of(secret)["SecretString"]))
        return {name: _DYNAMIC_REFERENCE.sub(_reference, value) for name, value in composed.items()}

    def writable(self, process: str) -> list[str] | None:
        """The only paths that a process can write to; None: all paths."""
        container = self.container(process)
        if not container["ReadonlyRootFilesystem"]:
            return None
        return [one["ContainerPath"] for one in container["LinuxParameters"]["Tmpfs"]]

    @property
    def build(self) -> Mapping[str, Any]:
        """How the image is built: the staged build context and the Dockerfile in it."""
        assembly, stack = self.template.assembly, self.template.stack
        manifest = json.loads((assembly / f"{stack.artifact_id}.assets.json").read_text())
        (image,) = manifest["dockerImages"].values()
        source: Mapping[str, Any] = image["source"]
        return {**source, "directory": assembly / source["directory"]}

    @property
    def health_check(self) -> tuple[str, str]:
        """The path that the load balancer asks, and the answers that count as healthy."""
        group = self.template.of(self.construct.web.target_group)
        return group["HealthCheckPath"], group["Matcher"]["HttpCode"]

    @property
    def release_commands(self) -> dict[str, list[str]]:
        """Name -> command, in the order of the template."""
        every = self.template.of_type("Custom::DjangoReleaseCommand")
        return {one["Name"]: one["Command"] for one in every}

    @property
    def services(self) -> set[str]:
        """The long-running processes."""
        assert len(self.template.of_type("AWS::ECS::Service")) == len(self.construct.services)
        return set(self.construct.services)

    def text(self, value: Any) -> str:
        """A value with each reference replaced by its name in angle brackets."""
        if isinstance(value, str):
            return value
        if "Fn::Join" in value:
            separator, parts = value["Fn::Join"]
            return separator.join(self.text(part) for part in parts)
        return self._names[json.dumps(value)]


def _reference(match: re.Match[str]) -> str:
    secret, field = match.groups()
    return f"{secret}:{field}" if field else secret


def _names(synthesized: Synthesized) -> Mapping[str, str]:
    """Reference -> name."""
    construct, template = synthesized.construct, synthesized.template
    backing, derived = construct.backing, construct.environment.derived_secret
    known: dict[str, Any] = {
        "region": {"Ref": "AWS::Region"},
        "account": {"Ref": "AWS::AccountId"},
        "partition": {"Ref": "AWS::Partition"},
        "bucket": template.of(backing.assets.bucket).ref,
        "secret key": template.of(backing.secret_key).ref,
    }
    if backing.database and backing.database.instance:
        instance = template.of(backing.database.instance)
        known["database host"] = instance.attribute("Endpoint.Address")
        known["database secret"] = template.one("AWS::SecretsManager::SecretTargetAttachment").ref
    if backing.cache and backing.cache.replication_group:
        group = template.of(backing.cache.replication_group)
        known["cache host"] = group.attribute("PrimaryEndPoint.Address")
        known["cache token"] = template.of(backing.cache.node.find_child("AuthToken")).ref
    if derived:
        known["derived"] = template.of(derived).ref
    return {json.dumps(reference): f"<{name}>" for name, reference in known.items()}
