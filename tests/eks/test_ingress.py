"""The front door: annotations for the AWS Load Balancer Controller, a class for Auto Mode."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.eks.objects import CERTIFICATE, Manifest, balancer, front_door, objects, of_kind, target

ALB = "alb.ingress.kubernetes.io"


def ingress(**options: Any) -> Manifest:
    one: Manifest = of_kind(front_door(target(), balancer(**options)), "Ingress")["web"]
    return one


def annotation(name: str, **options: Any) -> str | None:
    value: str | None = ingress(**options)["metadata"]["annotations"].get(f"{ALB}/{name}")
    return value


def test_pods_are_targets_by_their_address() -> None:
    assert annotation("target-type") == "ip"


def test_with_a_certificate_http_is_redirected() -> None:
    assert json.loads(annotation("listen-ports") or "") == [{"HTTP": 80}, {"HTTPS": 443}]
    assert annotation("ssl-redirect") == "443"
    assert annotation("certificate-arn") == CERTIFICATE


def test_only_tls_of_today_is_spoken() -> None:
    assert annotation("ssl-policy") == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_without_a_certificate_there_is_plain_http() -> None:
    bare = {"certificate_arn": None, "host": None}

    assert json.loads(annotation("listen-ports", **bare) or "") == [{"HTTP": 80}]
    for name in ("ssl-redirect", "ssl-policy", "certificate-arn"):
        assert annotation(name, **bare) is None


@pytest.mark.parametrize("host", ["api.example.com", None])
def test_the_domain_comes_from_the_option(host: str | None) -> None:
    (rule,) = ingress(host=host)["spec"]["rules"]

    assert rule.get("host") == host


def test_every_path_goes_to_the_web_service() -> None:
    (rule,) = ingress()["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    (port,) = of_kind(objects(), "Service")["web"]["spec"]["ports"]

    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"] == {"service": {"name": "web", "port": {"name": port["name"]}}}


def test_the_health_check_is_the_application_s() -> None:
    app = target(health_check_path="/up", health_check_codes="200,301")
    (one,) = front_door(app, balancer())
    annotations = one["metadata"]["annotations"]

    assert annotations[f"{ALB}/healthcheck-path"] == "/up"
    assert annotations[f"{ALB}/success-codes"] == "200,301"


@pytest.mark.parametrize(
    ("options", "scheme", "addresses"),
    [
        ({}, "internet-facing", "dualstack"),
        ({"ipv6": False}, "internet-facing", "ipv4"),
        ({"public": False, "ipv6": False}, "internal", "ipv4"),
    ],
)
def test_who_reaches_the_load_balancer(
    options: dict[str, bool], scheme: str, addresses: str
) -> None:
    assert annotation("scheme", **options) == scheme
    assert annotation("ip-address-type", **options) == addresses
    parameters = parameters_of(**options)
    assert parameters["scheme"] == scheme
    assert parameters["ipAddressType"] == addresses


def parameters_of(**options: Any) -> Manifest:
    found = front_door(target(), balancer(auto_mode=True, class_name="app-alb", **options))
    spec: Manifest = of_kind(found, "IngressClassParams")["app-alb"]["spec"]
    return spec


def test_access_is_logged_and_odd_headers_are_dropped() -> None:
    attributes = dict(
        one.split("=") for one in (annotation("load-balancer-attributes") or "").split(",")
    )
    in_auto_mode = {one["key"]: one["value"] for one in parameters_of()["loadBalancerAttributes"]}

    assert attributes == in_auto_mode
    assert attributes["access_logs.s3.bucket"] == "logs"
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_in_auto_mode_the_class_carries_certificate_and_subnets() -> None:
    parameters = parameters_of()

    assert parameters["certificateARNs"] == [CERTIFICATE]
    assert parameters["subnets"] == {"ids": ["subnet-1", "subnet-2"]}
    one = ingress(auto_mode=True, class_name="app-alb")
    assert one["spec"]["ingressClassName"] == "app-alb"
    assert f"{ALB}/certificate-arn" not in one["metadata"]["annotations"]


def test_in_auto_mode_the_class_belongs_to_eks() -> None:
    found = front_door(target(), balancer(auto_mode=True, class_name="app-alb"))
    spec = of_kind(found, "IngressClass")["app-alb"]["spec"]

    assert spec["controller"] == "eks.amazonaws.com/alb"
    assert spec["parameters"] == {
        "apiGroup": "eks.amazonaws.com",
        "kind": "IngressClassParams",
        "name": "app-alb",
    }


def test_the_controller_s_own_class_is_used_elsewhere() -> None:
    assert ingress()["spec"]["ingressClassName"] == "alb"
