"""A DjangoEks, recognised in its stack by its outputs."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django_cdk.cli.errors import CliError
from django_cdk.cli.target import manage_py_of

from .job import run_once
from .kubectl import Kubectl
from .logs import follow, history
from .objects import PROCESS, label_of
from .status import command_of, status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django_cdk.cli.console import Console
    from django_cdk.cli.report import Status
    from django_cdk.cli.stack import Stack
    from django_cdk.cli.target import LogLine

_NAMESPACE = re.compile(r"--namespace (\S+)")


@dataclass(frozen=True)
class EksApplication:
    """A DjangoEks.

    :param stack: its stack.
    :param app: the construct, as logical ids spell it.
    """

    stack: Stack
    app: str

    @cached_property
    def kubectl(self) -> Kubectl:
        """For its cluster and namespace."""
        namespace = _NAMESPACE.search(self.stack.output(self.app, "ExecCommand") or "")
        cluster = self.stack.output(self.app, "ClusterName")
        if namespace is None or cluster is None:
            raise CliError(
                f"The stack's outputs ClusterName and ExecCommand of {self.app} are missing: "
                "deploy it again."
            )
        return Kubectl(self.stack.session, cluster=cluster, namespace=namespace[1])

    def labels(self) -> Sequence[str]:
        """Its processes, those with pods at the moment too."""
        things = self.kubectl.get("deployments,cronjobs,pods", "--selector", PROCESS)["items"]
        return list(dict.fromkeys(label_of(thing) for thing in things))

    def manage_py(self) -> Sequence[str]:
        """How its release commands call manage.py."""
        jobs = self.kubectl.get("jobs", "--selector", f"{PROCESS}=release")["items"]
        return manage_py_of(
            command_of(container)
            for job in jobs
            for container in job["spec"]["template"]["spec"].get("initContainers", [])
        )

    def run_once(self, command: Sequence[str], console: Console) -> int:
        """Runs a command as a Job."""
        return run_once(self.kubectl, command, console)

    def enter(self, process: str, command: Sequence[str], console: Console) -> int:  # noqa: ARG002
        """Runs a command by ``kubectl exec``."""
        terminal = ["--tty"] if sys.stdin.isatty() else []
        name = process.rpartition(":")[2]
        return self.kubectl.attached(
            "exec", "--stdin", *terminal, f"deployment/{name}", "--container", name, "--", *command
        )

    def history(self, processes: Sequence[str], since: datetime) -> Iterator[LogLine]:
        """What its pods have logged."""
        return history(self.kubectl, processes, since)

    def follow(
        self,
        processes: Sequence[str],
        since: datetime,
        console: Console,  # noqa: ARG002
    ) -> Iterator[LogLine]:
        """What its pods log."""
        return follow(self.kubectl, processes, since)

    def status(self) -> Status:
        """How it is."""
        return status(self)


def eks_applications(stack: Stack) -> list[EksApplication]:
    """Each DjangoEks of the stack."""
    return [EksApplication(stack, app) for app in stack.apps_with_output("KubeconfigCommand")]
