"""A kubeconfig of our own for one cluster: where it is, and who asks."""

from __future__ import annotations

import base64
import json
import shutil
import time
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from botocore.exceptions import NoCredentialsError
from botocore.signers import RequestSigner

from django_cdk.cli.aws import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

    from .objects import Object

# A token is good for 15 minutes.
# https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
_REFRESH = 10 * 60
_SIGNED_FOR = 60
_CLUSTER_HEADER = "x-k8s-aws-id"
_NAME = "django-cdk"


class Kubeconfig:
    """The file, in a folder that is the user's alone and goes with the process.

    :param session: whose identity asks, and the cluster's region.
    :param cluster: name of the EKS cluster.
    """

    def __init__(self, session: boto3.Session, cluster: str) -> None:
        self._session = session
        self._cluster = cluster
        self._access: Mapping[str, str] | None = None
        self._file: Path | None = None
        self._written = 0.0

    def file(self) -> Path:
        """The file, with a token that is still good for a while."""
        if self._file is None or time.monotonic() - self._written > _REFRESH:
            self._file = self._file or self._new_file()
            self._file.write_text(json.dumps(self._content()), encoding="utf-8")
            self._written = time.monotonic()
        return self._file

    def _new_file(self) -> Path:
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
        user = {"token": token(self._session, self._cluster)}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": _NAME, "cluster": dict(self._access)}],
            "users": [{"name": _NAME, "user": user}],
            "contexts": [{"name": _NAME, "context": {"cluster": _NAME, "user": _NAME}}],
            "current-context": _NAME,
        }


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
