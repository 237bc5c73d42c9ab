"""The Lambda layer with kubectl and helm, from the package of the Kubernetes version."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    import aws_cdk.aws_lambda as lambda_
    from constructs import Construct


def kubectl_layer(scope: Construct, id: str, *, kubernetes_version: str) -> lambda_.ILayerVersion:
    """The layer that goes with a Kubernetes version.

    :raises OptionError: its package is not installed, with the command that installs it.
    """
    number = kubernetes_version.replace("1.", "", 1)
    try:
        module = importlib.import_module(f"aws_cdk.lambda_layer_kubectl_v{number}")
    except ImportError:
        raise OptionError(
            "kubernetes_version",
            kubernetes_version,
            "kubectl and helm of this version are not installed here: pip install "
            f"aws-cdk.lambda-layer-kubectl-v{number} (for the default version: pip install "
            "'django-cdk[eks]').",
        ) from None
    layer: lambda_.ILayerVersion = getattr(module, f"KubectlV{number}Layer")(scope, id)
    return layer
