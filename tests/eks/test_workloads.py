"""Deployments with their autoscalers, budgets, services and policies."""

from __future__ import annotations

import itertools
import json

import pytest

from django_cdk import Scaling, ScheduledCommand, Worker
from django_cdk.eks.release import HELM_TIMEOUT
from tests.eks.objects import Manifest, objects, of_kind

APP = {
    "web_scaling": Scaling(min_count=2, max_count=5, cpu_percent=70),
    "celery_app": "blog",
    "celery_queues": {"slow_mail": Worker(scaling=Scaling(max_count=3)), "celery": Worker()},
    "use_celery_beat": True,
    "scheduled_commands": {"celery": ScheduledCommand(schedule="rate(1 day)", command=["a"])},
}


@pytest.fixture(scope="module")
def found() -> list[Manifest]:
    return objects(**APP)


def pod_labels(one: Manifest) -> dict[str, str]:
    spec = one["spec"].get("jobTemplate", one)["spec"]
    labels: dict[str, str] = spec["template"]["metadata"]["labels"]
    return labels


def test_there_is_a_deployment_for_each_long_running_process(found: list[Manifest]) -> None:
    assert set(of_kind(found, "Deployment")) == {"web", "slow-mail", "celery", "beat"}


def test_a_selector_is_among_the_labels_of_its_pods(found: list[Manifest]) -> None:
    for one in of_kind(found, "Deployment").values():
        assert one["spec"]["selector"]["matchLabels"].items() <= pod_labels(one).items()


def test_no_selector_fits_the_pods_of_another(found: list[Manifest]) -> None:
    makers = [one for one in found if one["kind"] in ("Deployment", "Job", "CronJob")]
    for one, other in itertools.permutations(makers, 2):
        selector = one["spec"].get("selector", {}).get("matchLabels")
        assert selector is None or not selector.items() <= pod_labels(other).items()


def test_every_object_bears_the_recommended_labels(found: list[Manifest]) -> None:
    for one in found:
        assert {
            "app.kubernetes.io/name": "blog",
            "app.kubernetes.io/part-of": "blog",
            "app.kubernetes.io/managed-by": "Helm",
        }.items() <= one["metadata"]["labels"].items()
        assert one["metadata"]["namespace"] == "app"


def test_no_two_objects_have_one_name(found: list[Manifest]) -> None:
    names = [(one["kind"], one["metadata"]["name"]) for one in found]

    assert len(names) == len(set(names))


def test_a_rollout_never_has_fewer_pods_than_before(found: list[Manifest]) -> None:
    for name in ("web", "slow-mail", "celery"):
        strategy = of_kind(found, "Deployment")[name]["spec"]["strategy"]
        assert strategy == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
        }


def test_beat_is_a_singleton(found: list[Manifest]) -> None:
    spec = of_kind(found, "Deployment")["beat"]["spec"]

    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["replicas"] == 1
    assert "beat" not in of_kind(found, "HorizontalPodAutoscaler")


def test_a_stuck_rollout_is_seen_before_helm_gives_up(found: list[Manifest]) -> None:
    for one in of_kind(found, "Deployment").values():
        assert one["spec"]["progressDeadlineSeconds"] < HELM_TIMEOUT


def test_where_an_autoscaler_owns_the_number_a_deployment_says_none(found: list[Manifest]) -> None:
    scaled = of_kind(found, "HorizontalPodAutoscaler")

    assert set(scaled) == {"web", "slow-mail"}
    for name, one in of_kind(found, "Deployment").items():
        assert ("replicas" in one["spec"]) == (name not in scaled)


def test_the_autoscaler_holds_the_bounds_and_the_signal(found: list[Manifest]) -> None:
    spec = of_kind(found, "HorizontalPodAutoscaler")["web"]["spec"]

    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    (metric,) = spec["metrics"]
    assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}


def test_a_fixed_number_is_that_many_replicas() -> None:
    found = objects(web_scaling=Scaling(min_count=3, max_count=3))

    assert of_kind(found, "Deployment")["web"]["spec"]["replicas"] == 3
    assert of_kind(found, "HorizontalPodAutoscaler") == {}


def test_node_upgrades_take_one_pod_at_a_time(found: list[Manifest]) -> None:
    budgets = of_kind(found, "PodDisruptionBudget")

    assert set(budgets) == {"web", "slow-mail", "celery"}
    for name, one in budgets.items():
        assert one["spec"]["maxUnavailable"] == 1
        assert one["spec"]["selector"] == of_kind(found, "Deployment")[name]["spec"]["selector"]


def test_the_service_finds_the_web_pods_alone(found: list[Manifest]) -> None:
    selector = of_kind(found, "Service")["web"]["spec"]["selector"]
    fits = [
        name
        for name, one in of_kind(found, "Deployment").items()
        if selector.items() <= pod_labels(one).items()
    ]

    assert fits == ["web"]


def test_nobody_reaches_a_pod_but_the_vpc_the_web(found: list[Manifest]) -> None:
    policies = of_kind(found, "NetworkPolicy")

    assert policies["deny-ingress"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = policies["web"]["spec"]["ingress"]
    assert rule == {
        "ports": [{"port": 8000, "protocol": "TCP"}],
        "from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}],
    }


def test_a_vpc_of_unknown_range_leaves_the_port_as_the_only_bound() -> None:
    (rule,) = of_kind(objects({"ingress_cidr": None}), "NetworkPolicy")["web"]["spec"]["ingress"]

    assert "from" not in rule


def test_scheduled_commands_are_cron_jobs() -> None:
    one = ScheduledCommand(
        schedule="cron(30 3 ? * 2 *)", command=["./nightly.sh"], timezone="Europe/Berlin"
    )
    spec = of_kind(objects(scheduled_commands={"night_ly": one}), "CronJob")["night-ly"]["spec"]

    assert spec["schedule"] == "30 3 * * 1"
    assert spec["timeZone"] == "Europe/Berlin"
    assert spec["concurrencyPolicy"] == "Forbid"
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    assert pod["containers"][0]["args"] == ["./nightly.sh"]


def test_the_same_options_give_the_same_bytes() -> None:
    assert json.dumps(objects(**APP)) == json.dumps(objects(**APP))
