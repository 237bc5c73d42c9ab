"""Every version that DjangoEks deploys, in one place."""

from __future__ import annotations

from dataclasses import dataclass

#: Kubernetes versions that DjangoEks knows; each has its kubectl layer on PyPI.
#: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
KUBERNETES_VERSIONS = ("1.33", "1.34", "1.35")
KUBERNETES_VERSION = "1.35"


@dataclass(frozen=True, kw_only=True)
class PinnedChart:
    """A Helm chart of somebody else, which the deployment fetches and synthesis does not."""

    name: str
    repository: str
    version: str


# Its IAM policy lies beside this file: refresh load_balancer_controller_policy.json with it.
# https://github.com/kubernetes-sigs/aws-load-balancer-controller/releases
LOAD_BALANCER_CONTROLLER = PinnedChart(
    name="aws-load-balancer-controller",
    repository="https://aws.github.io/eks-charts",
    version="3.2.1",
)
# https://github.com/kubernetes-sigs/external-dns/releases
EXTERNAL_DNS = PinnedChart(
    name="external-dns",
    repository="https://kubernetes-sigs.github.io/external-dns/",
    version="1.21.1",
)

# EKS add-ons have no versions here: EKS picks the default one of the Kubernetes version.

#: For the local cluster only.
LOCAL_POSTGRES_IMAGE = "postgres:17-alpine"
LOCAL_VALKEY_IMAGE = "valkey/valkey:8.1-alpine"
