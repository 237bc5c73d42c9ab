"""The application as ONE Helm release, so that what leaves the description leaves the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk.aws_eks_v2 as eks
import aws_cdk.aws_s3_assets as s3_assets
from aws_cdk import Duration
from constructs import Construct

from .release import HELM_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .target import Manifest

CHART = Path(__file__).parent / "chart"
RELEASE = "application"


class ApplicationRelease(Construct):
    """The release: waited for, and rolled back when it does not become ready.

    :param cluster: where.
    :param namespace: in which namespace.
    :param manifests: its objects.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: eks.ICluster,
        namespace: str,
        manifests: Sequence[Manifest],
    ) -> None:
        super().__init__(scope, id)
        #: The Helm release.
        self.chart = eks.HelmChart(
            self,
            "Chart",
            cluster=cluster,
            chart_asset=s3_assets.Asset(self, "Asset", path=str(CHART)),
            release=RELEASE,
            namespace=namespace,
            create_namespace=False,
            values={"manifests": list(manifests)},
            wait=True,
            atomic=True,
            timeout=Duration.seconds(HELM_TIMEOUT),
        )
