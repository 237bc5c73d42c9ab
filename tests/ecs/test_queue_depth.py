"""Workers that scale on the messages in their queues, and who counts them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_secretsmanager as secretsmanager
import aws_cdk.aws_sns as sns
import pytest
from aws_cdk import Stack

from django_cdk import ExistingCache, Scaling, SecretField, Valkey, Worker
from tests.ecs.test_bring_your_own import own_vpc
from tests.stacks import Resource, Synthesized, Template, django_ecs, synthesize

TO_ZERO = Worker(scaling=Scaling(min_count=0, max_count=8, cpu_percent=None, backlog_per_task=20))
# With CPU use as a second signal, and never without a task.
TWO_SIGNALS = Worker(
    command=["celery", "worker", "-Q", "films,images"],
    queues=["films", "images"],
    scaling=Scaling(max_count=4, backlog_per_task=5),
)
OPTIONS: Mapping[str, Any] = {
    "celery_app": "blog",
    "celery_queues": {"mail": TO_ZERO, "plain": Worker(scaling=Scaling(max_count=2))},
    "workers": {"pictures": TWO_SIGNALS},
}


@pytest.fixture(scope="module")
def counted() -> Synthesized:
    return synthesize(**OPTIONS)


@pytest.fixture(scope="module")
def template(counted: Synthesized) -> Template:
    return counted.template


def policy(template: Template, worker: str, kind: str) -> Resource:
    (found,) = [
        one
        for one in template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        if one.id.startswith(f"BlogWorker{worker}Service") and f"TaskCount{kind}" in one.id
    ]
    return found


def alarm(template: Template, action: Resource) -> Resource:
    (found,) = [
        one
        for one in template.of_type("AWS::CloudWatch::Alarm")
        if action.ref in one.get("AlarmActions", [])
    ]
    return found


def function(template: Template, name: str) -> Resource:
    (found,) = [one for one in template.of_type("AWS::Lambda::Function") if one["Handler"] == name]
    return found


def reader(template: Template) -> Resource:
    return function(template, "queue_depth.reader.read")


def publisher(template: Template) -> Resource:
    return function(template, "queue_depth.index.publish")


def statements(template: Template, of: Resource) -> dict[str, Mapping[str, Any]]:
    """Action -> statement, of a function's role."""
    role = template.resources[of["Role"]["Fn::GetAtt"][0]]
    return {
        action: statement
        for statement in template.statements(role)
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }


def event(template: Template) -> dict[str, Any]:
    """What the rule sends each minute, with references as `<logical id>`."""
    rule = template.one("AWS::Events::Rule")
    (target,) = rule["Targets"]
    text = target["Input"]["Fn::Join"][1]
    shown = [part if isinstance(part, str) else f"<{_id(part)}>" for part in text]
    found: dict[str, Any] = json.loads("".join(shown))
    return found


def _id(reference: Mapping[str, Any]) -> str:
    value = reference.get("Ref") or reference["Fn::GetAtt"][0]
    return str(value)


# --- scaling


def test_the_backlog_of_a_task_is_held(counted: Synthesized) -> None:
    template = counted.template
    service = template.of(counted.construct.services["mail"])
    held = policy(template, "mail", "TargetBacklog")["TargetTrackingScalingPolicyConfiguration"]

    assert held["TargetValue"] == 20
    assert held["CustomizedMetricSpecification"] == {
        "Namespace": "django-cdk",
        "MetricName": "BacklogPerTask",
        "Statistic": "Average",
        "Dimensions": [
            {"Name": "ClusterName", "Value": template.of(counted.construct.cluster).ref},
            {"Name": "ServiceName", "Value": service.attribute("Name")},
        ],
    }
    assert "DisableScaleIn" not in held


def test_a_worker_may_have_both_signals(template: Template) -> None:
    held = policy(template, "pictures", "TargetBacklog")
    cpu = policy(template, "pictures", "TargetCpu")

    assert held["ScalingTargetId"] == cpu["ScalingTargetId"]


def test_a_worker_on_messages_alone_has_no_policy_on_cpu(template: Template) -> None:
    kinds = [
        one["PolicyType"]
        for one in template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        if one.id.startswith("BlogWorkermail")
    ]

    assert sorted(kinds) == ["StepScaling", "StepScaling", "TargetTrackingScaling"]


def test_the_first_message_starts_the_first_task(template: Template) -> None:
    wake = policy(template, "mail", "Wake")
    steps = wake["StepScalingPolicyConfiguration"]
    waiting = alarm(template, wake)

    assert steps["AdjustmentType"] == "ChangeInCapacity"
    assert steps["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    assert waiting["MetricName"] == "HasBacklogWithoutCapacity"
    assert (waiting["EvaluationPeriods"], waiting["Period"], waiting["Threshold"]) == (1, 60, 1)


def test_the_last_task_goes_when_nothing_waited_and_nothing_was_taken(template: Template) -> None:
    sleep = policy(template, "mail", "Sleep")
    steps = sleep["StepScalingPolicyConfiguration"]
    quiet = alarm(template, sleep)
    metrics = {one["Id"]: one for one in quiet["Metrics"]}

    assert steps["AdjustmentType"] == "ExactCapacity"
    assert steps["StepAdjustments"] == [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}]
    assert metrics["waiting"]["MetricStat"]["Metric"]["MetricName"] == "QueueDepth"
    assert metrics["taken"]["MetricStat"]["Metric"]["MetricName"] == "Unacked"
    assert (quiet["EvaluationPeriods"], quiet["Threshold"]) == (15, 0)
    assert quiet["ComparisonOperator"] == "LessThanOrEqualToThreshold"


@pytest.mark.parametrize("kind", ["Wake", "Sleep"])
def test_a_minute_that_was_not_counted_starts_and_ends_nothing(
    template: Template, kind: str
) -> None:
    assert alarm(template, policy(template, "mail", kind))["TreatMissingData"] == "notBreaching"


def test_the_quiet_time_is_the_one_asked_for() -> None:
    scaling = Scaling(
        min_count=0, max_count=2, cpu_percent=None, backlog_per_task=9, quiet_minutes=40
    )
    template = synthesize(
        celery_app="blog", celery_queues={"mail": Worker(scaling=scaling)}
    ).template

    assert alarm(template, policy(template, "mail", "Sleep"))["EvaluationPeriods"] == 40


def test_a_worker_that_keeps_a_task_neither_wakes_nor_sleeps(template: Template) -> None:
    assert not [one for one in template.resources if "Workerpictures" in one and "Sleep" in one]
    assert not [one for one in template.resources if "Workerpictures" in one and "Wake" in one]


def test_a_worker_without_tasks_is_allowed(counted: Synthesized) -> None:
    target = policy(counted.template, "mail", "TargetBacklog")["ScalingTargetId"]["Ref"]

    assert counted.template.resources[target]["MinCapacity"] == 0
    assert "DesiredCount" not in counted.template.of(counted.construct.services["mail"]).properties


# --- counting


def test_without_the_option_nothing_is_counted(blog: Synthesized) -> None:
    assert blog.construct.queue_depth is None
    assert "AWS::Events::Rule" not in blog.template.types


def test_without_the_option_its_modules_are_not_loaded() -> None:
    """Importing them costs every user time."""
    program = (
        "import sys, django_cdk; django_cdk.DjangoEcs\n"
        "print(*(name for name in sys.modules if name.startswith('django_cdk.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()

    assert "django_cdk.ecs.scaling" in loaded
    assert not {"django_cdk.ecs.backlog", "django_cdk.ecs.queue_depth"} & set(loaded)


def test_each_minute_the_queues_of_both_workers_are_counted(counted: Synthesized) -> None:
    template = counted.template
    services = {name: template.of(one).id for name, one in counted.construct.services.items()}

    assert template.one("AWS::Events::Rule")["ScheduleExpression"] == "rate(1 minute)"
    assert event(template)["Workers"] == [
        {"Service": f"<{services['mail']}>", "Queues": ["mail"]},
        {"Service": f"<{services['pictures']}>", "Queues": ["films", "images"]},
    ]


def test_the_cache_is_reached_with_tls_and_its_token(counted: Synthesized) -> None:
    cache = event(counted.template)["Cache"]

    assert (cache["Tls"], cache["Port"], cache["Field"]) == (True, "6379", "")
    assert "AuthToken" in cache["Secret"]


def test_the_token_is_in_no_function_s_environment(template: Template) -> None:
    for one in (reader(template), publisher(template)):
        assert "Environment" not in one.properties


def test_the_reader_stands_beside_the_tasks_and_reaches_the_cache_alone(
    counted: Synthesized,
) -> None:
    template = counted.template
    (group_id,) = reader(template)["VpcConfig"]["SecurityGroupIds"]
    group = template.resources[group_id["Fn::GetAtt"][0]]
    out = [
        one
        for one in template.of_type("AWS::EC2::SecurityGroupEgress")
        if one["GroupId"] == group_id
    ]

    assert reader(template)["VpcConfig"]["SubnetIds"] == [
        one.ref for one in template.subnets("Private")
    ]
    assert group.get("SecurityGroupEgress", []) == []
    assert template.ingress(group) == []
    (rule,) = out
    assert "CacheSecurityGroup" in rule["DestinationSecurityGroupId"]["Fn::GetAtt"][0]
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (6379, 6379, "tcp")


def test_the_publisher_stands_in_no_vpc(template: Template) -> None:
    assert "VpcConfig" not in publisher(template).properties


def test_the_reader_may_write_logs_and_be_put_into_the_vpc_and_no_more(template: Template) -> None:
    assert {action.split(":")[0] for action in statements(template, reader(template))} == {
        "logs",
        "ec2",
    }
    assert all(
        "NetworkInterface" in action or "PrivateIp" in action or action == "ec2:DescribeSubnets"
        for action in statements(template, reader(template))
        if action.startswith("ec2:")
    )


def test_the_publisher_may_do_what_it_does_and_no_more(counted: Synthesized) -> None:
    template = counted.template
    allowed = statements(template, publisher(template))
    services = [template.of(counted.construct.services[name]).ref for name in ("mail", "pictures")]

    assert set(allowed) == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "lambda:InvokeFunction",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
        "cloudwatch:PutMetricData",
        "ecs:DescribeServices",
    }
    assert allowed["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "django-cdk"}
    }
    assert allowed["ecs:DescribeServices"]["Resource"] == services
    assert allowed["lambda:InvokeFunction"]["Resource"][0] == reader(template).attribute("Arn")
    assert "AuthToken" in allowed["secretsmanager:GetSecretValue"]["Resource"]["Ref"]


def test_a_failed_count_is_not_repeated(template: Template) -> None:
    (target,) = template.one("AWS::Events::Rule")["Targets"]

    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 0
    (config,) = [
        one
        for one in template.of_type("AWS::Lambda::EventInvokeConfig")
        if one["FunctionName"] == publisher(template).ref
    ]
    assert config["MaximumRetryAttempts"] == 0


def test_five_minutes_without_a_count_are_told() -> None:
    def topic(stack: Stack) -> Mapping[str, Any]:
        return {"alarm_topic": sns.Topic(stack, "Topic")}

    template = synthesize(topic, **OPTIONS).template
    (failing,) = [
        one
        for one in template.of_type("AWS::CloudWatch::Alarm")
        if one.get("MetricName") == "Errors"
    ]

    assert failing["Dimensions"] == [{"Name": "FunctionName", "Value": publisher(template).ref}]
    assert (failing["EvaluationPeriods"], failing["Period"]) == (5, 60)
    assert failing["AlarmActions"] == [template.one("AWS::SNS::Topic").ref]


# --- other networks and caches


def test_without_nat_the_reader_stands_in_the_public_subnets() -> None:
    template = synthesize(nat="none", **OPTIONS).template

    assert reader(template)["VpcConfig"]["SubnetIds"] == [
        one.ref for one in template.subnets("Public")
    ]


def test_plain_clients_need_no_token() -> None:
    template = synthesize(cache=Valkey(allow_plain_clients=True), **OPTIONS).template
    cache = event(template)["Cache"]

    assert (cache["Tls"], cache["Secret"], cache["Field"]) == (False, "", "")
    assert "secretsmanager:GetSecretValue" not in statements(template, publisher(template))


def own_cache(stack: Stack, *, with_group: bool) -> Mapping[str, Any]:
    vpc = own_vpc(stack)
    group = ec2.SecurityGroup(stack, "Theirs", vpc=vpc) if with_group else None
    secret = SecretField(secretsmanager.Secret(stack, "Login"), "password")
    cache = ExistingCache(host="redis.internal", port=6380, secret=secret, security_group=group)
    return {"vpc": vpc, "cache": cache}


def test_the_user_s_own_cache_is_asked_with_its_own_login() -> None:
    template = synthesize(lambda stack: own_cache(stack, with_group=True), **OPTIONS).template
    cache = event(template)["Cache"]

    assert (cache["Host"], cache["Port"], cache["Field"]) == ("redis.internal", "6380", "password")


def test_the_user_s_own_cache_lets_the_reader_in() -> None:
    template = synthesize(lambda stack: own_cache(stack, with_group=True), **OPTIONS).template
    (group,) = reader(template)["VpcConfig"]["SecurityGroupIds"]
    (theirs,) = [
        one for one in template.of_type("AWS::EC2::SecurityGroup") if one.id.startswith("Theirs")
    ]

    assert group in [one.get("SourceSecurityGroupId") for one in template.ingress(theirs)]
    (rule,) = template.resources[group["Fn::GetAtt"][0]]["SecurityGroupEgress"] or [
        one.properties
        for one in template.of_type("AWS::EC2::SecurityGroupEgress")
        if one["GroupId"] == group
    ]
    assert rule["DestinationSecurityGroupId"] == theirs.attribute("GroupId")
    assert rule["FromPort"] == 6380


def test_to_a_cache_without_a_security_group_the_reader_goes_on_its_port_alone() -> None:
    template = synthesize(lambda stack: own_cache(stack, with_group=False), **OPTIONS).template
    (group,) = reader(template)["VpcConfig"]["SecurityGroupIds"]

    (rule,) = template.resources[group["Fn::GetAtt"][0]]["SecurityGroupEgress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", 6380, 6380)


def test_two_applications_in_one_stack_are_counted_apart() -> None:
    def another(stack: Stack) -> Mapping[str, Any]:
        django_ecs(stack, "Shop", **OPTIONS)
        return {}

    template = synthesize(another, **OPTIONS).template

    assert len(template.of_type("AWS::Events::Rule")) == 2
