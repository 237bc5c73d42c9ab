"""Release commands: in order, before new code serves, and only when something changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_logs as logs
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import Scaling, ScheduledCommand, Size
from tests.stacks import (
    Resource,
    Synthesized,
    Template,
    django_ecs,
    image_directory,
    new_stack,
    synthesize,
)

COMMAND = "Custom::DjangoReleaseCommand"


def commands(template: Template) -> list[Resource]:
    return template.of_type(COMMAND)


def command(template: Template, name: str) -> Resource:
    (found,) = [one for one in commands(template) if one["Name"] == name]
    return found


@pytest.fixture(scope="module")
def migrate(everything: Synthesized) -> Resource:
    return command(everything.template, "migrate")


def test_migrate_and_collectstatic_run_by_default(blog: Synthesized) -> None:
    assert {one["Name"]: one["Command"] for one in commands(blog.template)} == {
        "migrate": ["python", "manage.py", "migrate", "--noinput"],
        "collectstatic": ["python", "manage.py", "collectstatic", "--noinput"],
    }


def test_each_command_waits_for_the_one_before_it() -> None:
    template = synthesize(
        release_commands={"zeta": ["one"], "alpha": ["two"], "mid": ["three"]}
    ).template
    zeta, alpha, mid = (command(template, name) for name in ("zeta", "alpha", "mid"))

    assert zeta.id in alpha.definition["DependsOn"]
    assert alpha.id in mid.definition["DependsOn"]
    assert {alpha.id, mid.id}.isdisjoint(template.leans_on(zeta))


@pytest.mark.parametrize("name", ["web", "celery", "beat"])
def test_no_service_is_updated_before_the_last_command(everything: Synthesized, name: str) -> None:
    template = everything.template
    service = template.of(everything.construct.services[name])

    assert command(template, "collectstatic").id in template.leans_on(service)


@pytest.mark.parametrize(
    "needed",
    [
        "AWS::RDS::DBInstance",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::ECS::Cluster",
    ],
)
def test_commands_wait_for_what_they_lean_on(
    everything: Synthesized, migrate: Resource, needed: str
) -> None:
    template = everything.template
    # The load balancer's rule is not theirs to wait for.
    behind_door = [one.id for one in template.of_type(needed) if "LoadBalancer" in one.id]
    needs = {one.id for one in template.of_type(needed)} - set(behind_door)
    needs -= {template.of(everything.construct.access_logs).id}

    assert needs
    assert needs <= template.leans_on(migrate)


@pytest.mark.parametrize("role", ["task_role", "execution_role"])
def test_commands_wait_for_the_permissions_of_their_task(
    everything: Synthesized, migrate: Resource, role: str
) -> None:
    template = everything.template
    attached = template.of(getattr(everything.construct.tasks, role)).ref
    policies = {one.id for one in template.of_type("AWS::IAM::Policy") if attached in one["Roles"]}

    assert policies
    assert policies <= template.leans_on(migrate)


@pytest.mark.parametrize("options", [{}, {"release_commands": {}}])
@pytest.mark.parametrize("role", ["task_role", "execution_role"])
def test_services_wait_for_the_permissions_of_their_task(
    options: Mapping[str, Any], role: str
) -> None:
    synthesized = synthesize(**options)
    template = synthesized.template
    attached = template.of(getattr(synthesized.construct.tasks, role)).ref
    policies = {one.id for one in template.of_type("AWS::IAM::Policy") if attached in one["Roles"]}

    web = template.of(synthesized.construct.web.service)
    assert policies <= template.leans_on(web)


def test_without_commands_services_wait_for_what_they_lean_on() -> None:
    synthesized = synthesize(release_commands={})
    template = synthesized.template
    web = template.of(synthesized.construct.web.service)

    needed = ("AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::EC2::NatGateway")
    assert {template.one(one).id for one in needed} <= template.leans_on(web)


def test_without_commands_there_is_no_provider() -> None:
    template = synthesize(release_commands={}).template

    assert COMMAND not in template.types
    assert "AWS::StepFunctions::StateMachine" not in template.types


def test_commands_run_as_a_task_of_their_own(everything: Synthesized, migrate: Resource) -> None:
    task = everything.template.task("release")

    assert migrate["TaskDefinition"] == task.ref
    assert migrate["Container"] == everything.template.container("release")["Name"]
    assert "Command" not in everything.template.container("release")


def test_commands_run_where_the_services_run(everything: Synthesized, migrate: Resource) -> None:
    web = everything.template.of(everything.construct.web.service)
    network = web["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert {
        "Cluster": migrate["Cluster"],
        "Subnets": migrate["Subnets"],
        "SecurityGroups": migrate["SecurityGroups"],
        "AssignPublicIp": migrate["AssignPublicIp"],
    } == {
        **network,
        "Cluster": everything.template.of(everything.construct.cluster).attribute("Arn"),
    }


def test_the_provider_is_told_where_the_command_logs(
    everything: Synthesized, migrate: Resource
) -> None:
    options = everything.template.container("release")["LogConfiguration"]["Options"]

    assert (migrate["LogGroup"], migrate["LogStreamPrefix"]) == (
        options["awslogs-group"],
        options["awslogs-stream-prefix"],
    )


def test_commands_have_half_an_hour_unless_told_otherwise(blog: Synthesized) -> None:
    chosen = synthesize(release_timeout=3300).template

    assert {one["TimeoutSeconds"] for one in commands(blog.template)} == {"1800"}
    assert {one["TimeoutSeconds"] for one in commands(chosen)} == {"3300"}


def test_the_provider_waits_for_an_hour(blog: Synthesized) -> None:
    machine = str(blog.template.one("AWS::StepFunctions::StateMachine")["DefinitionString"])

    assert '\\"IntervalSeconds\\":10' in machine.replace('"', '\\"')
    assert '\\"MaxAttempts\\":360' in machine.replace('"', '\\"')


def test_the_size_is_an_option() -> None:
    task = synthesize(release_size=Size(cpu=1024, memory_mib=4096)).template.task("release")

    assert (task["Cpu"], task["Memory"]) == ("1024", "4096")


def test_two_applications_share_one_provider() -> None:
    stack = new_stack()
    django_ecs(stack, "Blog")
    django_ecs(stack, "Shop")
    template = Template.of_stack(stack)

    assert len(commands(template)) == 4
    assert len({str(one["ServiceToken"]) for one in commands(template)}) == 1
    assert len(template.of_type("AWS::StepFunctions::StateMachine")) == 1


def test_the_shared_provider_may_run_the_tasks_of_both() -> None:
    stack = new_stack()
    applications = [django_ecs(stack, name) for name in ("Blog", "Shop")]
    template = Template.of_stack(stack)
    provider = applications[0].release.provider

    statements = template.statements(template.of(provider.on_event.role))
    runnable = str([one["Resource"] for one in statements if one["Action"] == "ecs:RunTask"])
    for application in applications:
        assert f"{application.release.task.definition.family}:*" in runnable


# What makes a command run again, and what does not.


def trigger(**options: Any) -> Any:
    return command(synthesize(**options).template, "migrate")["Trigger"]


RUNS_AGAIN: Mapping[str, Mapping[str, Any]] = {
    "another image": {"image": "registry.example.com/blog:2"},
    "another command": {"release_commands": {"migrate": ["./migrate.sh"]}},
    "another variable": {"environment_variables": {"FEATURE": "on"}},
    "another settings module": {"django_settings_module": "blog.settings"},
    "another mapping": {"environment": {"DATABASE_URL": "{database.url}"}},
    "another host": {"frontend_url": "https://www.example.com"},
    "another release id": {"release_id": "build-42"},
}

STAYS: Mapping[str, Mapping[str, Any]] = {
    "another size of the web tasks": {"web_size": Size(cpu=1024, memory_mib=2048)},
    "another size of its own task": {"release_size": Size(cpu=1024, memory_mib=2048)},
    "another scaling": {"web_scaling": Scaling(min_count=2, max_count=8)},
    "another health check": {"health_check_path": "/ping"},
    "another log retention": {"log_retention": logs.RetentionDays.ONE_YEAR},
    "another worker": {"celery_app": "blog"},
    "a scheduled command": {
        "scheduled_commands": {"a": ScheduledCommand(schedule="rate(1 day)", command=["a"])}
    },
    "shells": {"use_ecs_exec": True},
    "another timeout": {"release_timeout": 60},
    "another command beside it": {
        "release_commands": {
            "migrate": ["python", "manage.py", "migrate", "--noinput"],
            "warm": ["python", "manage.py", "warm"],
        }
    },
}


@pytest.mark.parametrize("change", RUNS_AGAIN)
def test_runs_again_with(blog: Synthesized, change: str) -> None:
    assert trigger(**RUNS_AGAIN[change]) != command(blog.template, "migrate")["Trigger"]


@pytest.mark.parametrize("change", STAYS)
def test_does_not_run_again_with(blog: Synthesized, change: str) -> None:
    assert trigger(**STAYS[change]) == command(blog.template, "migrate")["Trigger"]


def test_runs_again_with_changed_code(tmp_path: Path) -> None:
    directory = image_directory(tmp_path)
    before = trigger(image_directory=directory)
    (tmp_path / "models.py").write_text("changed = True\n")

    assert trigger(image_directory=directory) != before


def test_runs_again_with_another_secret(blog: Synthesized) -> None:
    def own(stack: cdk.Stack) -> dict[str, Any]:
        return {"secrets": {"STRIPE": secretsmanager.Secret(stack, "Stripe")}}

    template = synthesize(own).template

    assert (
        command(template, "migrate")["Trigger"]["Secrets"].keys()
        - command(blog.template, "migrate")["Trigger"]["Secrets"].keys()
    ) == {"STRIPE"}


def test_the_trigger_holds_no_secret(blog: Synthesized) -> None:
    assert "{{resolve" not in str(command(blog.template, "migrate")["Trigger"])
