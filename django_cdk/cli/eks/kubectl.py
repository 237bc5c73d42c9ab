"""kubectl, pointed at one cluster and namespace whatever the user's own kubeconfig says."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import time
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoCredentialsError
from botocore.signers import RequestSigner

from django_cdk.cli.aws import CONFIG
from django_cdk.cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

Object = dict[str, Any]

PROGRAM = "kubectl"
# A token is good for 15 minutes.
# https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
_REFRESH = 10 * 60
_SIGNED_FOR = 60
_CLUSTER_HEADER = "x-k8s-aws-id"

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
        self._session = session
        self._cluster = cluster
        self._namespace = namespace
        self._config: Path | None = None
        self._written = 0.0
        self._access: Mapping[str, str] | None = None

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
        if self._config is None or time.monotonic() - self._written > _REFRESH:
            self._config = self._config or self._new_file()
            self._config.write_text(json.dumps(self._content()), encoding="utf-8")
            self._written = time.monotonic()
        return {**os.environ, "KUBECONFIG": str(self._config)}

    def _new_file(self) -> Path:
        """In a folder that is the user's alone, and goes with the process."""
        folder = mkdtemp(prefix="django-cdk-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder) / "config"

    def _content(self) -> Object:
        if self._access is None:
            client = self._session.client("eks", config=CONFIG)
            cluster = client.describe_cluster(name=self._cluster)["cluster"]
            self._access = {
                "server": cluster["endpoint"],
                "certificate-authority-data": cluster["certificateAuthority"]["data"],
            }
        name = "django-cdk"
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": dict(self._access)}],
            "users": [{"name": name, "user": {"token": token(self._session, self._cluster)}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }

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


def token(session: boto3.Session, cluster: str) -> str:
    """What EKS takes for a password: a signed question to AWS, who are you?

    https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
    """
    region, credentials = session.region_name, session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    sts = session.client("sts", config=CONFIG)
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        region,
        "sts",
        "v4",
        credentials,
        session.events,
    )
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://sts.{region}.{suffix}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {_CLUSTER_HEADER: cluster},
            "context": {},
        },
        operation_name="",
        expires_in=_SIGNED_FOR,
        region_name=region,
    )
    encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return f"k8s-aws-v1.{encoded}"
