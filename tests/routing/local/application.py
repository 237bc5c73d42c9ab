"""The sample backend as the stack runs it: the commands and the environment of its template."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.routing.local.process import accepts, free_port, running
from tests.routing.local.sample import BACKEND, sample_python
from tests.routing.local.secret_values import SecretValues
from tests.routing.s3.upload import in_order
from tests.routing.template import Deployed


class Application:
    """The tasks of a stack, as processes here.

    :param machine: what AWS's machines give a container beside its task definition: credentials,
        certificate authorities, the way to S3.
    """

    def __init__(
        self, deployed: Deployed, secrets: SecretValues, machine: Mapping[str, str]
    ) -> None:
        self._deployed = deployed
        self._secrets = secrets
        self._machine = machine

    def release(self) -> list[str]:
        """Runs the release commands of the template in their order; returns what they printed."""
        commands = in_order(self._deployed.of_type("Custom::DjangoReleaseCommand"))
        return [self._run(one["Properties"]) for one in commands]

    @contextlib.contextmanager
    def web(self, log: Path) -> Iterator[int]:
        """The port of the web process, started by the command of its task definition."""
        container = self._container("web")
        port = free_port()
        with running(
            container["Command"],
            log=log,
            ready=lambda: accepts(port),
            env=self._environment(container) | {"PORT": str(port)},
            cwd=BACKEND,
        ):
            yield port

    def manage(self, *arguments: str, **more: str) -> str:
        """Runs a command of manage.py in the web task's environment, as ECS Exec does."""
        return self._command(["python", "manage.py", *arguments], self._container("web"), more)

    def variables(self, name: str) -> dict[str, str]:
        """The environment that a task definition gives its container of this name."""
        return self._variables(self._container(name))

    def _environment(self, container: Mapping[str, Any]) -> dict[str, str]:
        """Exactly a container's variables, and what any process needs."""
        programs = f"{sample_python().parent}:{os.environ.get('PATH', '')}"
        basics = {"PATH": programs, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
        return {**basics, **self._machine, **self._variables(container)}

    def _variables(self, container: Mapping[str, Any]) -> dict[str, str]:
        text = self._deployed.text
        plain = {one["Name"]: text(one["Value"]) for one in container["Environment"]}
        secret = {
            one["Name"]: self._secrets.variable(text(one["ValueFrom"]))
            for one in container["Secrets"]
        }
        return plain | secret

    def _run(self, command: Mapping[str, Any]) -> str:
        task = self._deployed.referred(command["TaskDefinition"])
        (container,) = task["Properties"]["ContainerDefinitions"]
        return self._command(command["Command"], container, {})

    def _command(
        self, command: list[str], container: Mapping[str, Any], more: Mapping[str, str]
    ) -> str:
        done = subprocess.run(
            command,
            cwd=BACKEND,
            env=self._environment(container) | more,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _container(self, name: str) -> Mapping[str, Any]:
        (container,) = (
            container
            for task in self._deployed.of_type("AWS::ECS::TaskDefinition").values()
            for container in task["Properties"]["ContainerDefinitions"]
            if container["Name"] == name
        )
        found: Mapping[str, Any] = container
        return found
