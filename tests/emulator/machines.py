"""The EC2 instance of DockerEc2, played: what its user data and its update command have it do.

On AWS the instance runs its user data once: cfn-init asks CloudFormation for the resource's
metadata, installs the packages, writes the files, runs the commands, and cfn-signal tells
CloudFormation how that ended. Systems Manager's agent runs commands in the same way. Here there is
no instance. This module does on its behalf what reaches AWS: it reads the metadata, writes the
files below a folder of the emulator, reads each secret and asks for the image with the instance
profile's role, as deploy.sh does, and signals. The shell commands do not run (tests/docker runs
them); how they end is what the test said with `Machines.will`.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.emulator.settings import Folder

_INIT = re.compile(
    r"cfn-init .*--stack (?P<stack>\S+) --resource (?P<resource>\S+)"
    r" (?:-c|--configsets) (?P<set>\w+)"
)
_SIGNAL = re.compile(r"cfn-signal -e \$\? .*--stack (?P<stack>\S+) --resource (?P<resource>\S+)")
_log = logging.getLogger("machines")
_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a command ends.

    :param code: its exit code.
    :param output: what it prints; to standard error when it fails.
    """

    code: int = 0
    output: str = ""


class Machines:
    """The instances of one emulator, as its own process and the tests see them."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder.path / "machines"
        self._folder.mkdir(exist_ok=True)

    def will(self, *, boot: Ending | None = None, update: Ending | None = None) -> None:
        """How the next boot or update ends; without a word they end well."""
        for name, ending in {"boot": boot, "update": update}.items():
            if ending:
                (self._folder / f"next-{name}.json").write_text(json.dumps(asdict(ending)))

    def ending(self, of: str) -> Ending:
        """What was said with `will`, once."""
        file = self._folder / f"next-{of}.json"
        if not file.exists():
            return Ending()
        said = Ending(**json.loads(file.read_text()))
        file.unlink()
        return said

    def files(self, instance: str) -> dict[str, str]:
        """The files that cfn-init wrote, by their path on the instance."""
        root = self._folder / instance / "root"
        return {
            f"/{file.relative_to(root)}": file.read_text()
            for file in root.rglob("*")
            if file.is_file()
        }

    def commands(self, instance: str) -> list[str]:
        """What Systems Manager's agent was told to run, oldest first."""
        file = self._folder / instance / "commands.json"
        return list(json.loads(file.read_text())) if file.exists() else []

    def write(self, instance: str, path: str, text: str) -> None:
        file = self._folder / instance / "root" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def note(self, instance: str, command: str) -> None:
        told = [*self.commands(instance), command]
        (self._folder / instance / "commands.json").write_text(json.dumps(told))


class Player:
    """One instance.

    :param machines: where its files go.
    :param instance: its id.
    :param client: of a service, with all permissions, as the signed calls of cfn-init and
        cfn-signal, which need none.
    :param as_role: of a service, with the instance profile's role.
    """

    def __init__(
        self,
        machines: Machines,
        instance: str,
        *,
        client: Callable[[str], Any],
        as_role: Callable[[str], Any],
    ) -> None:
        self._machines = machines
        self._instance = instance
        self._client = client
        self._as_role = as_role

    def boot(self, user_data: str) -> None:
        """Runs the user data; nothing that is not cfn-init and cfn-signal."""
        init, signal = _INIT.search(user_data), _SIGNAL.search(user_data)
        if init is None or signal is None:
            return
        ending = self._run(init, "boot")
        if ending.code:
            # The only place where a person finds why: the signal holds no words.
            _log.warning("%s could not boot: %s", self._instance, ending.output)
        self._signal(signal, "FAILURE" if ending.code else "SUCCESS")

    def update(self, commands: str) -> Ending:
        """Runs the commands of a Systems Manager document."""
        self._machines.note(self._instance, commands)
        init = _INIT.search(commands)
        return self._run(init, "update") if init else Ending()

    def _run(self, init: re.Match[str], what: str) -> Ending:
        try:
            self._write_files(init)
            self._use_role()
        except Exception as error:
            return Ending(code=1, output=str(error))
        return self._machines.ending(what)

    def _write_files(self, init: re.Match[str]) -> None:
        found = self._client("cloudformation").describe_stack_resource(
            StackName=init["stack"], LogicalResourceId=init["resource"]
        )
        metadata = json.loads(found["StackResourceDetail"]["Metadata"])
        configuration = metadata["AWS::CloudFormation::Init"]
        for name in configuration["configSets"][init["set"]]:
            for path, file in configuration[name].get("files", {}).items():
                # From S3, a file's content is not in the metadata.
                if "content" in file:
                    self._machines.write(self._instance, path, file["content"])

    def _use_role(self) -> None:
        """As deploy.sh: reads the secrets, and pulls the images."""
        files = {
            Path(path).name: text for path, text in self._machines.files(self._instance).items()
        }
        for _name, arn, _field in _rows(files.get("secrets.tsv", "")):
            self._as_role("secretsmanager").get_secret_value(SecretId=arn)
        for image in re.findall(r"^\w*IMAGE='(.+)'$", files.get("settings.env", ""), re.MULTILINE):
            self._pull(image)

    def _pull(self, image: str) -> None:
        registry, _, path = image.partition("/")
        if ".dkr.ecr." not in registry:
            return
        repository, _, tag = path.partition(":")
        ecr = self._as_role("ecr")
        ecr.get_authorization_token()
        ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])

    def _signal(self, signal: re.Match[str], status: str) -> None:
        """As cfn-signal: again and again, since CloudFormation may not be waiting yet."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                self._client("cloudformation").signal_resource(
                    StackName=signal["stack"],
                    LogicalResourceId=signal["resource"],
                    UniqueId=self._instance,
                    Status=status,
                )
            except self._client("cloudformation").exceptions.ClientError:
                time.sleep(0.1)
            else:
                return


def _rows(table: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))


def in_background(work: Callable[[], None]) -> None:
    """An instance works on its own."""
    threading.Thread(target=work, daemon=True).start()
