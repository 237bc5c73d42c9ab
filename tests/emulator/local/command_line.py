"""The CDK's command line, pointed at the emulator instead of AWS."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.emulator.images import sample_image
from tests.emulator.launcher import ROOT
from tests.emulator.settings import ACCOUNT, REGION, Folder
from tests.routing.local.sample import sample_python
from tools.apps import APPS
from tools.deploy import CDK_CLI
from tools.environment import tool_environment
from tools.node import node_executable

_DOCKER = Path(__file__).with_name("docker_stand_in.py")


def environment(endpoint: str, folder: Folder, settings: Mapping[str, str]) -> dict[str, str]:
    """Everything that the command line and the app are told."""
    inherited = {
        name: value
        for name, value in tool_environment().items()
        # A profile or a domain of the person's own has no business here.
        if not name.startswith("AWS_") and not name.endswith(("DOMAIN_NAME", "ZONE_NAME"))
    }
    return {
        **inherited,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID": ACCOUNT,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DOCKER": str(_DOCKER),
        "LOCAL_IMAGES": str(folder.images),
        "LOCAL_IMAGE": json.dumps(asdict(sample_image(Path(), sample_python()))),
        **settings,
    }


def bootstrap(folder: Path, variables: Mapping[str, str]) -> int:
    """`cdk bootstrap`; returns its exit code."""
    return _cdk(["bootstrap", f"aws://{ACCOUNT}/{REGION}"], folder, variables)


def deploy(app: str, folder: Path, variables: Mapping[str, str]) -> int:
    """`cdk deploy` of all stacks of an app; returns its exit code."""
    options = ["--all", "--require-approval=never"]
    return _cdk(["deploy", *options, *_of(app, folder)], folder, variables)


def destroy(app: str, folder: Path, variables: Mapping[str, str]) -> int:
    """`cdk destroy` of all stacks of an app; returns its exit code."""
    return _cdk(["destroy", "--all", "--force", *_of(app, folder)], folder, variables)


def _of(app: str, folder: Path) -> list[str]:
    module = APPS[app].module
    program = f"cd {shlex.quote(str(ROOT))} && {shlex.quote(sys.executable)} -m integ.{module}"
    return ["--app", program, "--output", str(folder / "cdk.out" / module)]


def _cdk(arguments: list[str], folder: Path, variables: Mapping[str, str]) -> int:
    """In a folder of its own: beside cdk.json the command line notes what it looked up, and the
    names of an emulator have no business in the notes about somebody's account."""
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.json").write_text(json.dumps({"context": flags}))
    command = [str(node_executable()), str(CDK_CLI), *arguments]
    return subprocess.run(command, cwd=folder, env=dict(variables), check=False).returncode
