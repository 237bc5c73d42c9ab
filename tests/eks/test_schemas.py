"""Every object is strictly valid for every Kubernetes version that DjangoEks offers."""

from __future__ import annotations

from collections.abc import Mapping

import kubernetes_validate
import pytest

from django_cdk import Scaling, ScheduledCommand, Worker
from django_cdk.eks.namespace import namespace, resource_quota, service_account
from django_cdk.eks.versions import KUBERNETES_VERSIONS
from tests.eks.objects import Manifest, balancer, front_door, objects, target
from tests.eks.synthesized import Synthesized

# Kinds of others, for which Kubernetes has no schema.
FOREIGN = {"SecretProviderClass", "IngressClassParams"}

APPS: Mapping[str, Mapping[str, object]] = {
    "web alone": {},
    "everything": {
        "web_scaling": Scaling(min_count=2, max_count=5),
        "celery_app": "blog.celery_app:app",
        "celery_queues": {"slow_mail": Worker(scaling=Scaling(max_count=3)), "celery": Worker()},
        "use_celery_beat": True,
        "scheduled_commands": {
            "clear_sessions": ScheduledCommand(
                schedule="rate(15 minutes)", command=["true"], timezone="Europe/Berlin"
            )
        },
        "user": "999:998",
        "stop_signal": "SIGINT",
        "read_only_root_filesystem": True,
        "writable_paths": ["/tmp", "/var/cache"],  # noqa: S108
    },
    "no release commands": {"release_commands": {}},
    "tcp probes": {"health_check_codes": "200-404"},
}


def check(one: Manifest, version: str) -> None:
    if one["kind"] not in FOREIGN:
        kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("app", APPS)
def test_the_objects_of_an_application_are_valid(app: str, version: str) -> None:
    for one in objects({"release_id": "42"}, **APPS[app]):
        check(one, version)


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("auto_mode", [False, True])
@pytest.mark.parametrize("host", ["api.example.com", None])
def test_the_front_door_is_valid(host: str | None, auto_mode: bool, version: str) -> None:
    door = balancer(host=host, auto_mode=auto_mode, certificate_arn=host and "arn")

    for one in front_door(target(), door):
        check(one, version)


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("auto_mode", [False, True, None])
def test_what_stands_before_the_release_is_valid(auto_mode: bool | None, version: str) -> None:
    labels = {"app.kubernetes.io/part-of": "blog"}

    check(namespace("app", labels=labels, auto_mode=auto_mode), version)
    check(
        service_account("a", namespace="app", labels=labels, annotations={"role": "arn"}), version
    )
    check(resource_quota({"pods": "9"}, namespace="app", labels=labels), version)


def test_all_objects_of_a_template_are_valid(
    everything: Synthesized, auto_mode: Synthesized
) -> None:
    version = KUBERNETES_VERSIONS[-1]
    found = [*everything.manifests, *everything.outside, *auto_mode.manifests, *auto_mode.outside]

    for one in found:
        check(one, version)
    assert {one["kind"] for one in found} == {
        *FOREIGN,
        "ConfigMap",
        "CronJob",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "IngressClass",
        "Job",
        "Namespace",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    }


def test_an_unknown_field_is_refused() -> None:
    (service,) = [one for one in objects() if one["kind"] == "Service"]
    service["spec"]["selektor"] = {}

    with pytest.raises(kubernetes_validate.ValidationError):
        check(service, KUBERNETES_VERSIONS[-1])
