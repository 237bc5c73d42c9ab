"""kubectl, pointed at one cluster and namespace whatever the user's own kubeconfig says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from django_cdk.cli.errors import CliError

from .kubeconfig import Kubeconfig
from .objects import Object

if TYPE_CHECKING:
    import boto3

PROGRAM = "kubectl"

_STRANGER = re.compile(r"must be logged in|Unauthorized|\(Forbidden\)|forbidden:", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"no such host|i/o timeout|connection refused|dial tcp|TLS handshake timeout"
)


class Kubectl:
    """kubectl for the objects of one namespace.

    :param session: whose identity asks, and the cluster's region.
    :param cluster: name of the EKS cluster.
    :param namespace: of the application.
    """

    def __init__(self, session: boto3.Session, *, cluster: str, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._kubeconfig = Kubeconfig(session, cluster)

    def get(self, *arguments: str) -> Object:
        """What ``kubectl get ... --output json`` says.

        :raises CliError: what is missing, or kubectl's own words.
        """
        answer: Object = json.loads(self.output("get", *arguments, "--output", "json"))
        return answer

    def output(self, *arguments: str, stdin: str | None = None) -> str:
        """What kubectl writes.

        :raises CliError: what is missing, or kubectl's own words.
        """
        done = self._run(*arguments, stdin=stdin)
        if done.returncode:
            raise CliError(self._problem(done.stderr.strip()))
        return done.stdout

    def attempt(self, *arguments: str) -> str:
        """What kubectl writes, if it does."""
        return self._run(*arguments).stdout

    def _run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        # The user's own kubectl, with arguments that no shell reads.
        return subprocess.run(  # noqa: S603
            self.argv(*arguments),
            env=self.env(),
            input="" if stdin is None else stdin,
            capture_output=True,
            text=True,
            check=False,
            # Ctrl-C in the terminal is for us alone.
            start_new_session=True,
        )

    def attached(self, *arguments: str) -> int:
        """Runs kubectl in this terminal and returns its exit code."""
        return subprocess.run(  # noqa: S603
            self.argv(*arguments), env=self.env(), check=False
        ).returncode

    def start(self, *arguments: str, stdout: int | None = None) -> subprocess.Popen[str]:
        """Starts kubectl; Ctrl-C is not for it."""
        return subprocess.Popen(  # noqa: S603
            self.argv(*arguments),
            env=self.env(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def argv(self, *arguments: str) -> list[str]:
        """The whole command line.

        :raises CliError: there is no kubectl.
        """
        if shutil.which(PROGRAM) is None:
            raise CliError(
                f"{PROGRAM} is not on the PATH: install it "
                "(https://kubernetes.io/docs/tasks/tools/#kubectl), then try again."
            )
        return [PROGRAM, "--namespace", self._namespace, *arguments]

    def env(self) -> dict[str, str]:
        """Our environment, with a kubeconfig of the cluster."""
        return {**os.environ, "KUBECONFIG": str(self._kubeconfig.file())}

    def _problem(self, words: str) -> str:
        """Kubectl's words, and what to do about the well-known ones."""
        if _STRANGER.search(words):
            return (
                f"The cluster {self._cluster} does not let you in: give the ARN of your role or "
                f"user to DjangoEks(admin_arns=[...]) and deploy ({words})"
            )
        if _UNREACHABLE.search(words):
            return (
                f"The Kubernetes API of {self._cluster} can't be reached from here: look at "
                f"DjangoEks(public_endpoint_cidrs=...), or connect to its network ({words})"
            )
        return f"kubectl: {words or 'it failed without a word'}"
