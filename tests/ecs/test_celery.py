"""Workers and beat: one service for each queue, and exactly one beat."""

from __future__ import annotations

import pytest

from django_cdk import HealthCheck, Scaling, Size, Worker
from tests.stacks import Resource, Synthesized, Template, synthesize

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


@pytest.fixture(scope="module")
def queues() -> Synthesized:
    """Two queues, the second on spare capacity, and a worker that is not celery."""
    return synthesize(
        celery_app="blog.celery_app:app",
        celery_queues={
            "high": Worker(
                size=Size(cpu=1024, memory_mib=2048), scaling=Scaling(min_count=2, max_count=2)
            ),
            "low": Worker(spot=True, scaling=Scaling(max_count=5, cpu_percent=80)),
        },
        workers={
            "mailer": Worker(
                command=["python", "manage.py", "rqworker"],
                stop_timeout=10,
                health_check=HealthCheck(command=["ask", "it twice"], retries=2),
            )
        },
        use_celery_beat=True,
    )


def service(synthesized: Synthesized, name: str) -> Resource:
    return synthesized.template.of(synthesized.construct.services[name])


def scalable(template: Template, of: Resource) -> Resource:
    (found,) = [one for one in template.of_type(TARGET) if of.id in str(one["ResourceId"])]
    return found


def test_without_celery_there_is_only_the_web_service(blog: Synthesized) -> None:
    assert list(blog.construct.services) == ["web"]
    assert len(blog.template.of_type("AWS::ECS::Service")) == 1


def test_each_queue_worker_and_beat_is_a_service(queues: Synthesized) -> None:
    assert list(queues.construct.services) == ["web", "high", "low", "mailer", "beat"]
    assert len(queues.template.of_type("AWS::ECS::Service")) == 5


@pytest.mark.parametrize("queue", ["high", "low"])
def test_a_queue_s_worker_consumes_that_queue(queues: Synthesized, queue: str) -> None:
    assert queues.template.container(queue)["Command"] == [
        *("celery", "-A", "blog.celery_app:app", "worker"),
        *("-Q", queue, "--loglevel", "INFO"),
    ]


def test_a_worker_of_another_kind_runs_its_command(queues: Synthesized) -> None:
    assert queues.template.container("mailer")["Command"] == ["python", "manage.py", "rqworker"]


def test_each_worker_has_its_own_size(queues: Synthesized) -> None:
    sizes = {
        name: (queues.template.task(name)["Cpu"], queues.template.task(name)["Memory"])
        for name in ("high", "low")
    }

    assert sizes == {"high": ("1024", "2048"), "low": ("512", "1024")}


def test_a_worker_of_a_fixed_number_is_not_scaled(queues: Synthesized) -> None:
    assert service(queues, "high")["DesiredCount"] == 2
    assert len(queues.template.of_type(TARGET)) == 2  # web and low


def test_a_worker_that_scales_leaves_the_number_to_scaling(queues: Synthesized) -> None:
    low = service(queues, "low")

    assert "DesiredCount" not in low.properties
    target = scalable(queues.template, low)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 5)


def test_a_worker_scales_on_its_own_cpu(queues: Synthesized) -> None:
    target = scalable(queues.template, service(queues, "low"))
    (policy,) = [
        one
        for one in queues.template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        if one["ScalingTargetId"] == target.ref
    ]

    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 80


def test_a_worker_on_spot_runs_on_spare_capacity(queues: Synthesized) -> None:
    low = service(queues, "low")

    assert [one["CapacityProvider"] for one in low["CapacityProviderStrategy"]] == ["FARGATE_SPOT"]
    assert "LaunchType" not in low.properties


def test_the_cluster_has_spare_capacity(queues: Synthesized) -> None:
    """By itself: an association beside it would have to go before the services, and refuses to."""
    cluster = queues.template.of(queues.construct.cluster)

    assert cluster["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert "AWS::ECS::ClusterCapacityProviderAssociations" not in queues.template.types


@pytest.mark.parametrize("name", ["web", "high", "mailer", "beat"])
def test_nothing_else_runs_on_spare_capacity(queues: Synthesized, name: str) -> None:
    assert service(queues, name)["LaunchType"] == "FARGATE"


def test_workers_have_two_minutes_to_finish(queues: Synthesized) -> None:
    assert queues.template.container("high")["StopTimeout"] == 120


def test_a_worker_s_stop_timeout_is_its_own(queues: Synthesized) -> None:
    assert queues.template.container("mailer")["StopTimeout"] == 10


def test_a_worker_is_asked_by_its_own_command(queues: Synthesized) -> None:
    assert queues.template.container("mailer")["HealthCheck"] == {
        "Command": ["CMD", "ask", "it twice"],
        "Interval": 30,
        "Timeout": 10,
        "Retries": 2,
        "StartPeriod": 60,
    }


@pytest.mark.parametrize("name", ["high", "beat"])
def test_a_process_without_a_check_is_not_asked(queues: Synthesized, name: str) -> None:
    assert "HealthCheck" not in queues.template.container(name)


def test_workers_are_behind_no_load_balancer(queues: Synthesized) -> None:
    for name in ("high", "low", "mailer", "beat"):
        assert service(queues, name).get("LoadBalancers", []) == []
        assert queues.template.container(name).get("PortMappings", []) == []


def test_the_old_beat_stops_before_the_new_one_starts(queues: Synthesized) -> None:
    deployment = service(queues, "beat")["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (0, 100)


def test_beat_is_one_and_stays_one(queues: Synthesized) -> None:
    beat = service(queues, "beat")

    assert beat["DesiredCount"] == 1
    assert [
        one for one in queues.template.of_type(TARGET) if beat.id in str(one["ResourceId"])
    ] == []


def test_beat_is_not_moved_between_zones(queues: Synthesized) -> None:
    """Rebalancing starts the second before it stops the first."""
    assert service(queues, "beat")["AvailabilityZoneRebalancing"] == "DISABLED"


def test_workers_are_replaced_without_a_gap(queues: Synthesized) -> None:
    deployment = service(queues, "high")["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


def test_beat_is_small_unless_asked_for_more() -> None:
    small, large = (
        synthesize(celery_app="blog", use_celery_beat=True, **options).template.task("beat")
        for options in ({}, {"beat_size": Size(cpu=512, memory_mib=2048)})
    )

    assert (small["Cpu"], small["Memory"]) == ("256", "512")
    assert (large["Cpu"], large["Memory"]) == ("512", "2048")


def test_beat_runs_the_command_it_is_given() -> None:
    template = synthesize(use_celery_beat=True, beat_command=["/start-celerybeat"]).template

    assert template.container("beat")["Command"] == ["/start-celerybeat"]


def test_beat_is_asked_by_its_own_command() -> None:
    beat = synthesize(
        celery_app="blog.celery_app:app",
        use_celery_beat=True,
        beat_health_check=HealthCheck(command=["ask"]),
    )
    assert beat.template.container("beat")["HealthCheck"]["Command"] == ["CMD", "ask"]


def test_beat_stops_as_the_web_process_does() -> None:
    template = synthesize(celery_app="blog", use_celery_beat=True, stop_timeout=45).template

    assert template.container("beat")["StopTimeout"] == 45
