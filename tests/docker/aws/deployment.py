"""What `cdk deploy` and CloudFormation do with a stack that has a DockerEc2: here, on a machine."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.docker.aws.account import Account
from tests.docker.docker import Docker
from tests.docker.machine.machine import Machine
from tests.routing.local.secret_values import SecretValues
from tests.routing.template import Body, Deployed
from tests.stacks import ACCOUNT, REGION, Template

VOLUME = "vol-0123456789abcdef0"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
_METADATA = "/var/lib/cfn/metadata.json"
_SETTINGS = "/opt/django-cdk/settings.env"


class Deployment:
    """One version of the stack, with the names that its resources have here."""

    def __init__(self, template: Template, account: Account, machine: Machine) -> None:
        self._template = template
        self._account = account
        self._machine = machine
        self._arns: dict[str, str] = {}
        self.deployed = Deployed(template.body, self._name, ACCOUNT, REGION)

    def _name(self, logical_id: str, resource: Body, attribute: str) -> str:
        found = {
            ("AWS::EC2::Volume", ""): VOLUME,
            ("AWS::EC2::VPC", "CidrBlock"): "10.0.0.0/16",
            ("AWS::S3::Bucket", ""): logical_id.lower()[:60],
            ("AWS::SecretsManager::Secret", ""): self._arns.get(logical_id),
        }.get((resource["Type"], attribute))
        if found is None:
            message = f"{attribute or 'Ref'} of {logical_id} ({resource['Type']}) has no stand-in"
            raise LookupError(message)
        return found

    def publish_images(self, proxy: str) -> None:
        """Builds the stack's image assets out of the cloud assembly, and pushes them.

        :param proxy: the way to the package indexes.
        """
        (manifest,) = self._template.assembly.glob("*.assets.json")
        docker = self.developer()
        for asset in json.loads(manifest.read_text())["dockerImages"].values():
            (place,) = asset["destinations"].values()
            name = f"{REGISTRY}/{place['repositoryName']}:{place['imageTag']}"
            source = asset["source"]
            directory = self._template.assembly / source["directory"]
            docker.build(directory, name, dockerfile=source["dockerFile"], proxy=proxy)
            docker.run("push", "--quiet", name)
            # The instance has to fetch it.
            docker.run("image", "rm", "--no-prune", name)

    def developer(self) -> Docker:
        """The docker command of one who may push. The instance logs in by itself."""
        command = self._machine.command("docker", environment={"DOCKER_CONFIG": "/developer"})
        docker = Docker(command)
        password = self._account.registry_password().encode()
        docker.run("login", "--username=AWS", "--password-stdin", REGISTRY, stdin=password)
        return docker

    def create_backing(self) -> None:
        """Makes buckets, and the secrets with values as CloudFormation generates them."""
        s3 = self._account.client("s3")
        for name in self.deployed.of_type("AWS::S3::Bucket"):
            where = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=self.deployed.ref(name), CreateBucketConfiguration=where)
        secrets = self._account.client("secretsmanager")
        names = self.deployed.of_type("AWS::SecretsManager::Secret")
        for name in names:
            self._arns[name] = secrets.create_secret(Name=name)["ARN"]
        values = SecretValues(self.deployed)
        for name in names:
            arn = self._arns[name]
            secrets.put_secret_value(SecretId=arn, SecretString=values.field(arn, ""))

    def update_backing(self, before: Deployment) -> None:
        """Secrets and buckets stay as they are."""
        self._arns = before._arns

    def launch(self) -> subprocess.CompletedProcess[str]:
        """Starts the instance with its user data."""
        _, instance = self.deployed.one("AWS::EC2::Instance")
        user_data = self.deployed.text(instance["Properties"]["UserData"]["Fn::Base64"])
        self._write_metadata()
        return self._machine.run("bash", "-c", user_data, timeout=900)

    def signal(self) -> str:
        """What the wait condition of the stack was told."""
        return self._machine.file("/var/lib/cfn/signal").read_text()

    def update(self, **parameters: str) -> subprocess.CompletedProcess[str]:
        """Sends the update command to the instance, as the custom resource or a CI job does."""
        self._write_metadata()
        _, document = self.deployed.one("AWS::SSM::Document")
        content = self.deployed.value(document["Properties"]["Content"])
        (step,) = content["mainSteps"]
        values = {name: one["default"] for name, one in content["parameters"].items()} | parameters
        for name, value in values.items():
            assert re.search(content["parameters"][name]["allowedPattern"], value), (
                f"{name}={value}"
            )
        lines = [
            re.sub(r"\{\{ (\w+) \}\}", lambda one: values[one[1]], line)
            for line in step["inputs"]["runCommand"]
        ]
        # As the agent does, and without a home directory, as with it.
        return self._machine.run("env", "--unset=HOME", "sh", "-c", "\n".join(lines), timeout=900)

    @property
    def image(self) -> str:
        """The application's image, as the machine is told."""
        (metadata,) = self._metadata().values()
        settings = metadata["AWS::CloudFormation::Init"]["files"]["files"][_SETTINGS]["content"]
        (found,) = re.findall(r"^IMAGE='(.*)'$", settings, re.MULTILINE)
        return str(found)

    def _write_metadata(self) -> None:
        self._machine.write(_METADATA, json.dumps(self._metadata()))

    def _metadata(self) -> Mapping[str, Any]:
        return {
            name: self.deployed.value(one["Metadata"])
            for name, one in self.deployed.of_type("AWS::EC2::Instance").items()
        }


def create_certificate_secret(account: Account, certificate: Path, key: Path) -> str:
    """The secret of the user's own certificate, which no stack makes; its ARN."""
    value = {"certificate": certificate.read_text(), "private_key": key.read_text()}
    secrets = account.client("secretsmanager")
    created = secrets.create_secret(Name="certificate", SecretString=json.dumps(value))
    return str(created["ARN"])
