"""The web process: its front door, its health, its scaling and its alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_sns as sns
import pytest

from django_cdk import Scaling, Size
from tests.stacks import DOMAIN, Resource, Synthesized, Template, synthesize

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def attributes(balancer: Resource) -> dict[str, Any]:
    return {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}


def listeners(template: Template) -> dict[int, Resource]:
    """Port -> listener."""
    return {one["Port"]: one for one in template.of_type(LISTENER)}


def service(synthesized: Synthesized) -> Resource:
    return synthesized.template.of(synthesized.construct.web.service)


def test_the_load_balancer_drops_invalid_headers(blog: Synthesized) -> None:
    balancer = blog.template.of(blog.construct.load_balancer)

    assert attributes(balancer)["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_the_load_balancer_logs_requests_to_the_log_bucket(blog: Synthesized) -> None:
    given = attributes(blog.template.of(blog.construct.load_balancer))

    assert given["access_logs.s3.enabled"] == "true"
    assert given["access_logs.s3.bucket"] == blog.template.of(blog.construct.access_logs).ref


def test_the_load_balancer_may_write_its_logs_before_it_tries(blog: Synthesized) -> None:
    balancer = blog.template.of(blog.construct.load_balancer)
    policies = [
        one.id
        for one in blog.template.of_type("AWS::S3::BucketPolicy")
        if one["Bucket"] == blog.template.of(blog.construct.access_logs).ref
    ]

    assert set(policies) <= blog.template.leans_on(balancer)


def test_without_a_domain_it_answers_plain_http(blog: Synthesized) -> None:
    (listener,) = blog.template.of_type(LISTENER)

    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert listener["DefaultActions"][0]["Type"] == "forward"


@pytest.mark.parametrize("flags", [None, {}], ids=["recommended flags", "no flags"])
def test_https_speaks_tls_1_2_and_1_3_only(flags: Mapping[str, Any] | None) -> None:
    https = listeners(synthesize(flags=flags, **DOMAIN).template)[443]

    assert https["Protocol"] == "HTTPS"
    assert https["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")


def test_http_is_redirected_to_https_for_good(site: Synthesized) -> None:
    (action,) = listeners(site.template)[80]["DefaultActions"]

    assert action == {
        "Type": "redirect",
        "RedirectConfig": {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"},
    }


def test_a_certificate_is_made_and_validated_through_the_zone(site: Synthesized) -> None:
    certificate = site.template.one("AWS::CertificateManager::Certificate")

    assert listeners(site.template)[443]["Certificates"] == [{"CertificateArn": certificate.ref}]
    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "api.example.com", "HostedZoneId": "Z0123456789"}
    ]


def test_the_domain_points_at_the_load_balancer_over_ipv4_and_ipv6(site: Synthesized) -> None:
    records = site.template.of_type("AWS::Route53::RecordSet")
    balancer = site.template.of(site.construct.load_balancer)

    assert sorted((one["Name"], one["Type"]) for one in records) == [
        ("api.example.com.", "A"),
        ("api.example.com.", "AAAA"),
    ]
    assert all(balancer.id in str(one["AliasTarget"]) for one in records)


def test_the_load_balancer_answers_over_ipv6(blog: Synthesized) -> None:
    assert blog.template.of(blog.construct.load_balancer)["IpAddressType"] == "dualstack"


def test_alias_records_can_be_left_to_something_else_in_front() -> None:
    template = synthesize(alias_records=False, **DOMAIN).template

    assert "AWS::Route53::RecordSet" not in template.types
    assert template.environment()["ALLOWED_HOSTS"] == "api.example.com"


def test_health_is_asked_on_the_path_of_the_sample(blog: Synthesized) -> None:
    group = blog.template.one(TARGET_GROUP)

    assert (group["HealthCheckPath"], group["Matcher"]) == (
        "/api/health-check/",
        {"HttpCode": "200-399"},
    )


def test_health_check_path_codes_and_grace_are_options() -> None:
    synthesized = synthesize(
        health_check_path="/ping", health_check_codes="200,301", health_check_grace=300
    )
    group = synthesized.template.one(TARGET_GROUP)

    assert (group["HealthCheckPath"], group["Matcher"]) == ("/ping", {"HttpCode": "200,301"})
    assert service(synthesized)["HealthCheckGracePeriodSeconds"] == 300


def test_a_new_task_has_a_minute_until_failed_checks_count(blog: Synthesized) -> None:
    assert service(blog)["HealthCheckGracePeriodSeconds"] == 60


def test_the_container_is_reached_on_its_port() -> None:
    synthesized = synthesize(port=5000)
    container = synthesized.template.container("web")

    assert [one["ContainerPort"] for one in container["PortMappings"]] == [5000]
    (behind,) = service(synthesized)["LoadBalancers"]
    assert (behind["ContainerName"], behind["ContainerPort"]) == ("web", 5000)
    template, construct = synthesized.template, synthesized.construct
    (rule,) = template.ingress(template.of(construct.tasks.security_group))
    assert (rule["FromPort"], rule["ToPort"]) == (5000, 5000)


def test_the_image_s_own_command_runs_unless_one_is_given(blog: Synthesized) -> None:
    assert "Command" not in blog.template.container("web")


def test_the_web_command_is_run_in_exec_form() -> None:
    template = synthesize(web_command=["./scripts/start_prod.sh"]).template

    assert template.container("web")["Command"] == ["./scripts/start_prod.sh"]


def test_a_deployment_that_fails_is_rolled_back(everything: Synthesized) -> None:
    for one in everything.template.of_type("AWS::ECS::Service"):
        assert one["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {
            "Enable": True,
            "Rollback": True,
        }


def test_a_deployment_never_leaves_fewer_tasks(blog: Synthesized) -> None:
    deployment = service(blog)["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


def test_scaling_owns_the_number_of_tasks(blog: Synthesized) -> None:
    assert "DesiredCount" not in service(blog).properties


def test_one_to_four_tasks_hold_sixty_percent_cpu(blog: Synthesized) -> None:
    target, policy = blog.template.one(TARGET), blog.template.one(POLICY)

    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
    }
    assert tracking["TargetValue"] == 60


def test_scaling_goes_out_quickly_and_in_slowly(blog: Synthesized) -> None:
    tracking = blog.template.one(POLICY)["TargetTrackingScalingPolicyConfiguration"]

    assert (tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (60, 300)


def test_requests_per_task_are_a_signal_too() -> None:
    scaling = Scaling(min_count=2, max_count=10, cpu_percent=50, requests_per_target=500)
    template = synthesize(web_scaling=scaling).template

    tracked = {
        one["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]: one["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for one in template.of_type(POLICY)
    }
    assert tracked == {
        "ECSServiceAverageCPUUtilization": 50,
        "ALBRequestCountPerTarget": 500,
    }
    assert (template.one(TARGET)["MinCapacity"], template.one(TARGET)["MaxCapacity"]) == (2, 10)


def test_a_fixed_number_of_tasks_is_not_scaled() -> None:
    synthesized = synthesize(web_scaling=Scaling(min_count=3, max_count=3))

    assert service(synthesized)["DesiredCount"] == 3
    assert {TARGET, POLICY}.isdisjoint(synthesized.template.types)


def test_the_size_is_an_option() -> None:
    task = synthesize(web_size=Size(cpu=1024, memory_mib=4096)).template.task("web")

    assert (task["Cpu"], task["Memory"]) == ("1024", "4096")


def test_the_stop_timeout_is_an_option(blog: Synthesized) -> None:
    chosen = synthesize(stop_timeout=90).template

    assert blog.template.container("web")["StopTimeout"] == 30
    assert chosen.container("web")["StopTimeout"] == 90


def test_targets_leave_within_the_stop_timeout(blog: Synthesized) -> None:
    attributes = {
        one["Key"]: one["Value"] for one in blog.template.one(TARGET_GROUP)["TargetGroupAttributes"]
    }

    assert attributes["deregistration_delay.timeout_seconds"] == "30"


def test_signals_reach_the_process_through_an_init(everything: Synthesized) -> None:
    for task in everything.template.of_type("AWS::ECS::TaskDefinition"):
        assert task["ContainerDefinitions"][0]["LinuxParameters"]["InitProcessEnabled"] is True


def test_containers_run_as_the_user_that_is_given() -> None:
    template = synthesize(user="999:999", celery_app="blog").template

    assert {template.container(one)["User"] for one in ("web", "celery", "release")} == {"999:999"}


def test_a_read_only_root_file_system_keeps_its_writable_paths() -> None:
    template = synthesize(
        read_only_root_filesystem=True, writable_paths=["/run/blog", "/var/cache"]
    ).template

    container = template.container("web")
    assert container["ReadonlyRootFilesystem"] is True
    assert writable(template, "web") == {"/run/blog", "/var/cache"}


def writable(template: Template, process: str) -> set[str]:
    """The paths of a container that can be written to: in memory, or as a volume of the task."""
    container = template.container(process)
    in_memory = container.get("LinuxParameters", {}).get("Tmpfs", [])
    mounts = [one for one in container.get("MountPoints", []) if not one["ReadOnly"]]
    return {one["ContainerPath"] for one in [*in_memory, *mounts]}


@pytest.fixture(scope="module")
def internal() -> Synthesized:
    return synthesize(public_load_balancer=False)


def test_an_internal_load_balancer_has_no_public_address(internal: Synthesized) -> None:
    balancer = internal.template.of(internal.construct.load_balancer)

    assert balancer["Scheme"] == "internal"
    assert balancer["Subnets"] == [one.ref for one in internal.template.subnets("Private")]


@pytest.mark.parametrize("flags", [None, {}], ids=["recommended flags", "no flags"])
def test_a_load_balancer_that_takes_another_s_place_has_another_target_group(
    flags: Mapping[str, Any] | None,
) -> None:
    """A target group can't change over from one to the other."""
    public, private = (
        synthesize(flags=flags, public_load_balancer=one).template for one in (True, False)
    )

    assert public.one(TARGET_GROUP).id != private.one(TARGET_GROUP).id


def test_an_internal_load_balancer_is_opened_by_the_user(internal: Synthesized) -> None:
    template = internal.template
    (group,) = [
        one
        for one in template.of_type("AWS::EC2::SecurityGroup")
        if one.attribute("GroupId")
        in template.of(internal.construct.load_balancer)["SecurityGroups"]
    ]

    assert template.ingress(group) == []


def with_topic(stack: cdk.Stack) -> dict[str, Any]:
    return {"alarm_topic": sns.Topic(stack, "Topic")}


def test_alarms_stand_on_health_and_on_errors(blog: Synthesized) -> None:
    alarms = blog.template.of_type("AWS::CloudWatch::Alarm")

    assert {one["MetricName"] for one in alarms} == {
        "HealthyHostCount",
        "HTTPCode_Target_5XX_Count",
    }


def test_no_answer_at_all_is_an_alarm_too(blog: Synthesized) -> None:
    alarm = blog.template.of(blog.construct.alarms.unhealthy)

    assert (alarm["Threshold"], alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (
        1,
        "LessThanThreshold",
        "breaching",
    )


def test_alarms_tell_the_topic_when_they_go_off_and_when_they_are_over() -> None:
    template = synthesize(with_topic).template
    topic = template.one("AWS::SNS::Topic")

    for alarm in template.of_type("AWS::CloudWatch::Alarm"):
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([topic.ref], [topic.ref])


def test_without_a_topic_alarms_tell_nobody(blog: Synthesized) -> None:
    for alarm in blog.template.of_type("AWS::CloudWatch::Alarm"):
        assert "AlarmActions" not in alarm.properties
