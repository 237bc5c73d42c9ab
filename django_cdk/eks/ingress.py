"""The front door: an Ingress that becomes an Application Load Balancer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pod import DEREGISTRATION_DELAY
from .traffic import ingress_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .target import Manifest, Target

INGRESS = "web"
_ALB = "alb.ingress.kubernetes.io"
# TLS 1.2 and 1.3 only, the CDK's SslPolicy.RECOMMENDED_TLS.
_SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ACCESS_LOG_PREFIX = "load-balancer"


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """What the load balancer of an Ingress is to be.

    :param host: domain; None: any host name.
    :param certificate_arn: for HTTPS, with HTTP redirected; None: plain HTTP.
    :param public: it has public addresses.
    :param ipv6: it answers over IPv6 too.
    :param subnet_ids: its subnets.
    :param log_bucket: takes its access logs.
    :param auto_mode: EKS Auto Mode makes it, not the AWS Load Balancer Controller.
    :param class_name: name of its IngressClass.
    """

    host: str | None
    certificate_arn: str | None
    public: bool
    ipv6: bool
    subnet_ids: Sequence[str]
    log_bucket: str
    auto_mode: bool = False
    class_name: str = "alb"

    @property
    def scheme(self) -> str:
        """The word of both controllers for public or not."""
        return "internet-facing" if self.public else "internal"

    @property
    def address_type(self) -> str:
        """The word of both controllers for the address families."""
        return "dualstack" if self.ipv6 else "ipv4"

    @property
    def attributes(self) -> dict[str, str]:
        """Load balancer attributes, as those of DjangoEcs."""
        return {
            "access_logs.s3.bucket": self.log_bucket,
            "access_logs.s3.enabled": "true",
            "access_logs.s3.prefix": ACCESS_LOG_PREFIX,
            "idle_timeout.timeout_seconds": "60",
            "routing.http.drop_invalid_header_fields.enabled": "true",
        }


def ingress(target: Target, balancer: LoadBalancer) -> Manifest:
    """The Ingress. In Auto Mode its class carries what annotations say elsewhere."""
    annotations = _target_group(target) | _listeners(balancer)
    if not balancer.auto_mode:
        annotations |= _balancer(balancer)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            **target.metadata(INGRESS, target.app.web),
            "annotations": annotations,
        },
        "spec": {"ingressClassName": balancer.class_name, "rules": ingress_rules(balancer.host)},
    }


def ingress_class(balancer: LoadBalancer, labels: dict[str, str]) -> list[Manifest]:
    """The class of EKS Auto Mode and its parameters.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html
    """
    metadata: Manifest = {"name": balancer.class_name, "labels": labels}
    parameters: Manifest = {
        "scheme": balancer.scheme,
        "ipAddressType": balancer.address_type,
        "subnets": {"ids": list(balancer.subnet_ids)},
        "loadBalancerAttributes": [
            {"key": key, "value": value} for key, value in balancer.attributes.items()
        ],
    }
    if balancer.certificate_arn:
        parameters["certificateARNs"] = [balancer.certificate_arn]
    return [
        {
            "apiVersion": "eks.amazonaws.com/v1",
            "kind": "IngressClassParams",
            "metadata": metadata,
            "spec": parameters,
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": metadata,
            "spec": {
                "controller": "eks.amazonaws.com/alb",
                "parameters": {
                    "apiGroup": "eks.amazonaws.com",
                    "kind": "IngressClassParams",
                    "name": balancer.class_name,
                },
            },
        },
    ]


def _target_group(target: Target) -> dict[str, str]:
    app = target.app
    return {
        f"{_ALB}/target-type": "ip",
        f"{_ALB}/backend-protocol": "HTTP",
        f"{_ALB}/healthcheck-path": app.health_check_path,
        f"{_ALB}/success-codes": app.health_check_codes,
        f"{_ALB}/target-group-attributes": (
            f"deregistration_delay.timeout_seconds={DEREGISTRATION_DELAY}"
        ),
    }


def _listeners(balancer: LoadBalancer) -> dict[str, str]:
    if not balancer.certificate_arn:
        return {f"{_ALB}/listen-ports": json.dumps([{"HTTP": 80}])}
    return {
        f"{_ALB}/listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
        f"{_ALB}/ssl-redirect": "443",
        f"{_ALB}/ssl-policy": _SSL_POLICY,
    }


def _balancer(balancer: LoadBalancer) -> dict[str, str]:
    attributes = ",".join(f"{key}={value}" for key, value in balancer.attributes.items())
    annotations = {
        f"{_ALB}/scheme": balancer.scheme,
        f"{_ALB}/ip-address-type": balancer.address_type,
        f"{_ALB}/subnets": ",".join(balancer.subnet_ids),
        f"{_ALB}/load-balancer-attributes": attributes,
    }
    if balancer.certificate_arn:
        annotations[f"{_ALB}/certificate-arn"] = balancer.certificate_arn
    return annotations
