"""Every option changes the template: none is accepted and then ignored.

The tables below name each keyword of DjangoEcs, each option of DjangoApp and each field of the
values that they take. An option that is added and not named here fails the test of the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecr as ecr
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
import aws_cdk.aws_logs as logs
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_secretsmanager as secretsmanager
import aws_cdk.aws_sns as sns
import pytest

from django_cdk import (
    AuroraServerless,
    DjangoApp,
    DjangoEcs,
    ExistingCache,
    ExistingDatabase,
    HealthCheck,
    OptionError,
    Postgres,
    Scaling,
    ScheduledCommand,
    Size,
    Valkey,
    Worker,
)
from tests.ecs.test_bring_your_own import ARN, own_vpc
from tests.stacks import (
    DOMAIN,
    ENVIRONMENT,
    Synthesized,
    Template,
    django_ecs,
    new_stack,
    synthesize,
)

CELERY = {"celery_app": "blog"}
ALIVE = HealthCheck(command=["ask"])
LARGE = Size(cpu=2048, memory_mib=4096)
NIGHTLY = ScheduledCommand(schedule="cron(0 3 * * ? *)", command=["./nightly.sh"])

Made = Callable[[cdk.Stack], Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """An option given, against the same application without it.

    `beside` is given both times, `instead` only without the option. `made` makes constructs in
    the stack both times, and the option takes them the second time only.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    instead: Mapping[str, Any] = field(default_factory=dict)
    made: Made | None = None

    def without(self, option: str) -> Template | None:
        """None when the application without the option is the one of all defaults."""
        if not self.beside and not self.instead and self.made is None:
            return None
        return self._synthesize(lambda made: {k: v for k, v in made.items() if k != option})

    def with_it(self) -> Template:
        return self._synthesize(lambda made: made, **self.given)

    def _synthesize(
        self, chosen: Callable[[Mapping[str, Any]], Mapping[str, Any]], **given: Any
    ) -> Template:
        stack = new_stack(env=ENVIRONMENT if "certificate_arn" in given else None)
        made = chosen(self.made(stack)) if self.made else {}
        instead = {} if given or set(made) else self.instead
        django_ecs(stack, **{**self.beside, **instead, **made, **given})
        return Template.of_stack(stack)


def image(stack: cdk.Stack) -> Mapping[str, Any]:
    return {"image": ecr.Repository(stack, "Repository")}


#: Keyword of DjangoEcs -> what it changes.
DOOR: Mapping[str, Change] = {
    "vpc": Change(made=lambda stack: {"vpc": own_vpc(stack)}),
    "nat": Change({"nat": "none"}),
    "cluster": Change(
        made=lambda stack: {"cluster": ecs.Cluster(stack, "OwnCluster", vpc=own_vpc(stack))}
    ),
    "load_balancer": Change(
        made=lambda stack: {
            "vpc": (vpc := own_vpc(stack)),
            "load_balancer": elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=vpc),
        }
    ),
    "public_load_balancer": Change({"public_load_balancer": False}),
    "open_listener": Change({"open_listener": False}),
    "database": Change({"database": None}),
    "cache": Change({"cache": None}),
    "bucket_name": Change({"bucket_name": "our-files"}),
    "bucket": Change(made=lambda stack: {"bucket": s3.Bucket(stack, "Own")}),
    "upload_origins": Change({"upload_origins": ["https://www.example.com"]}),
    "api_domain_name": Change(DOMAIN),
    "zone_name": Change(
        {"zone_name": "sub.example.com"},
        beside={"api_domain_name": "api.sub.example.com", "hosted_zone_id": "Z1"},
        instead={"zone_name": "example.com"},
    ),
    "hosted_zone_id": Change({"hosted_zone_id": "Z2"}, beside=DOMAIN),
    "hosted_zone": Change(
        made=lambda stack: {
            "hosted_zone": route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        },
        beside={"api_domain_name": "api.example.com"},
        instead={"zone_name": "example.com", "hosted_zone_id": "Z1"},
    ),
    "certificate_arn": Change({"certificate_arn": ARN}, beside=DOMAIN),
    "certificate": Change(
        made=lambda stack: {
            "certificate": acm.Certificate(stack, "Certificate", domain_name="*.example.com")
        },
        beside=DOMAIN,
    ),
    "alias_records": Change({"alias_records": False}, beside=DOMAIN),
    "cdn_domain": Change({"cdn_domain": "cdn.example.com"}),
    "frontend_url": Change({"frontend_url": "https://www.example.com"}),
    "use_ecs_exec": Change({"use_ecs_exec": True}),
    "container_insights": Change({"container_insights": True}),
    "log_retention": Change({"log_retention": logs.RetentionDays.ONE_WEEK}),
    "release_timeout": Change({"release_timeout": 60}),
    "release_id": Change({"release_id": "build-42"}),
    "alarm_topic": Change(made=lambda stack: {"alarm_topic": sns.Topic(stack, "Topic")}),
    "removal_policy": Change({"removal_policy": cdk.RemovalPolicy.DESTROY}),
}


def directory(folder: Path) -> str:
    """A directory with two Dockerfiles of two stages each."""
    folder.mkdir(exist_ok=True)
    for name in ("Dockerfile", "Other"):
        (folder / name).write_text(f"FROM scratch AS one\n# {name}\nFROM scratch AS two\n")
    return str(folder)


#: Options of DjangoApp that tell how the image is built; the directory is given beside them.
BUILD: Mapping[str, Any] = {
    "dockerfile": "Other",
    "image_target": "one",
    "build_args": {"VERSION": "2"},
    "build_contexts": {"assets": "docker-image://example/assets:1"},
    "cpu_architecture": "ARM64",
}

#: Every other option of DjangoApp but `stop_signal`, which ECS can't do.
APPLICATION: Mapping[str, Change] = {
    "image": Change({"image": "registry.example.com/blog:2"}),
    "image_tag": Change({"image_tag": "2"}, made=image),
    "web_command": Change({"web_command": ["./start.sh"]}),
    "web_size": Change({"web_size": LARGE}),
    "web_scaling": Change({"web_scaling": Scaling(max_count=9)}),
    "port": Change({"port": 5000}),
    "health_check_path": Change({"health_check_path": "/ping"}),
    "health_check_codes": Change({"health_check_codes": "200"}),
    "health_check_grace": Change({"health_check_grace": 5}),
    "celery_app": Change(CELERY),
    "celery_queues": Change({"celery_queues": ["high"]}, beside=CELERY),
    "workers": Change({"workers": {"rq": ["rqworker"]}}),
    "use_celery_beat": Change({"use_celery_beat": True}, beside=CELERY),
    "beat_command": Change(
        {"beat_command": ["./beat.sh"]}, beside={**CELERY, "use_celery_beat": True}
    ),
    "beat_size": Change({"beat_size": LARGE}, beside={**CELERY, "use_celery_beat": True}),
    "beat_health_check": Change(
        {"beat_health_check": ALIVE}, beside={**CELERY, "use_celery_beat": True}
    ),
    "scheduled_commands": Change({"scheduled_commands": {"nightly": NIGHTLY}}),
    "release_commands": Change({"release_commands": {"migrate": ["./migrate.sh"]}}),
    "release_size": Change({"release_size": LARGE}),
    "django_settings_module": Change({"django_settings_module": "blog.settings"}),
    "environment": Change({"environment": {"HOST": "{host}"}}),
    "environment_variables": Change({"environment_variables": {"FEATURE": "on"}}),
    "secrets": Change(
        made=lambda stack: {"secrets": {"STRIPE": secretsmanager.Secret(stack, "Stripe")}}
    ),
    "user": Change({"user": "999:999"}),
    "read_only_root_filesystem": Change({"read_only_root_filesystem": True}),
    "writable_paths": Change(
        {"writable_paths": ["/var/cache"]}, beside={"read_only_root_filesystem": True}
    ),
    "stop_timeout": Change({"stop_timeout": 99}),
}

NOT_ON_ECS = {"stop_signal"}

#: Value -> the option that takes it, and for each of its fields another value than the default.
#: A field's own entry may need others beside it.
COUNTED = Scaling(min_count=0, max_count=4, cpu_percent=None, backlog_per_task=20)
WORKER = Worker(command=["rqworker"], scaling=COUNTED, queues=["mail"])
SCALED = Scaling(max_count=4)
VALUES: Mapping[str, tuple[Any, Callable[[Any], Mapping[str, Any]], Mapping[str, Any]]] = {
    "Postgres": (
        Postgres(),
        lambda value: {"database": value},
        {
            "version": "16",
            "instance_type": "m8g.large",
            "storage_gib": 30,
            "max_storage_gib": 300,
            "multi_az": True,
            "backup_days": 9,
            "database_name": "blog",
            "deletion_protection": False,
        },
    ),
    "AuroraServerless": (
        AuroraServerless(),
        lambda value: {"database": value},
        {
            "version": "16.9",
            "min_acu": 1,
            "max_acu": 8,
            "auto_pause_minutes": 60,
            "readers": 1,
            "backup_days": 9,
            "database_name": "blog",
            "deletion_protection": False,
        },
    ),
    "Valkey": (
        Valkey(),
        lambda value: {"cache": value},
        {
            "version": "7.2",
            "node_type": "cache.m7g.large",
            "replicas": 1,
            "allow_plain_clients": True,
            "snapshot_days": 0,
        },
    ),
    "Worker": (
        WORKER,
        lambda value: {"workers": {"rq": value}},
        {
            "command": ["other"],
            "size": LARGE,
            "scaling": replace(COUNTED, max_count=5),
            "spot": True,
            "stop_timeout": 10,
            "health_check": ALIVE,
            "queues": ["mail", "images"],
        },
    ),
    "HealthCheck": (
        ALIVE,
        lambda value: {"workers": {"rq": replace(WORKER, health_check=value)}},
        {"command": ["other"], "interval": 60, "timeout": 5, "retries": 2, "start_period": 0},
    ),
    "Size": (
        Size(cpu=512, memory_mib=2048),
        lambda value: {"web_size": value},
        {"cpu": 1024, "memory_mib": 4096},
    ),
    "Scaling": (
        SCALED,
        lambda value: {"web_scaling": value},
        {"min_count": 2, "max_count": 9, "cpu_percent": 40, "requests_per_target": 100},
    ),
    "Scaling of a worker": (
        COUNTED,
        lambda value: {"workers": {"rq": replace(WORKER, scaling=value)}},
        {"min_count": 1, "backlog_per_task": 40, "quiet_minutes": 5},
    ),
    "ScheduledCommand": (
        NIGHTLY,
        lambda value: {"scheduled_commands": {"nightly": value}},
        {
            "schedule": "rate(1 day)",
            "command": ["other"],
            "timezone": "Europe/Berlin",
            "size": LARGE,
        },
    ),
}
FIELDS = [(name, one) for name, (_, _, table) in VALUES.items() for one in table]


def keywords() -> set[str]:
    """The keywords of DjangoEcs, but those that stand for the options of DjangoApp."""
    parameters = inspect.signature(inspect.unwrap(DjangoEcs.__init__)).parameters.values()
    return {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}


def test_the_table_names_every_keyword_of_the_construct() -> None:
    assert set(DOOR) == keywords()


def test_the_table_names_every_option_of_the_application() -> None:
    named = {*APPLICATION, *BUILD, "image_directory", *NOT_ON_ECS}

    assert named == {one.name for one in fields(DjangoApp)}


@pytest.mark.parametrize("kind", sorted({type(value) for value, _, _ in VALUES.values()}, key=str))
def test_the_table_names_every_field_of(kind: type[Any]) -> None:
    tables = [table for value, _, table in VALUES.values() if type(value) is kind]

    assert set().union(*tables) == {one.name for one in fields(kind)}


@pytest.mark.parametrize("option", [*DOOR, *APPLICATION])
def test_changes_the_template(blog: Synthesized, option: str) -> None:
    change = {**DOOR, **APPLICATION}[option]
    without = change.without(option) or blog.template

    assert change.with_it().body != without.body


@pytest.mark.parametrize("option", BUILD)
def test_changes_the_image(tmp_path: Path, option: str) -> None:
    beside = {"image_directory": directory(tmp_path)}
    without, with_it = (
        synthesize(**beside, **given).template for given in ({}, {option: BUILD[option]})
    )

    assert image_of(with_it) != image_of(without)


def test_another_directory_is_another_image(tmp_path: Path) -> None:
    one, other = (directory(tmp_path / name) for name in ("one", "other"))
    (tmp_path / "other" / "views.py").write_text("")

    assert image_of(synthesize(image_directory=one).template) != image_of(
        synthesize(image_directory=other).template
    )


@pytest.mark.parametrize(("name", "changed"), FIELDS)
def test_a_field_changes_the_template(name: str, changed: str) -> None:
    value, option, table = VALUES[name]
    before, after = (
        synthesize(**option(one)).template.body
        for one in (value, replace(value, **{changed: table[changed]}))
    )

    assert after != before


EXISTING: Mapping[str, Mapping[str, Any]] = {
    "database": {"host": "b", "name": "b", "username": "b", "port": 1},
    "cache": {"host": "b", "port": 1, "tls": False},
}
EXISTING_FIELDS = [
    *[("database", one) for one in (*EXISTING["database"], "secret", "security_group")],
    *[("cache", one) for one in (*EXISTING["cache"], "secret", "security_group")],
]


def test_the_table_names_every_field_of_what_exists() -> None:
    for kind, value in (("database", ExistingDatabase), ("cache", ExistingCache)):
        named = {one for option, one in EXISTING_FIELDS if option == kind}
        assert named == {one.name for one in fields(value)}


@pytest.mark.parametrize(("kind", "changed"), EXISTING_FIELDS)
def test_a_field_of_what_exists_changes_the_template(kind: str, changed: str) -> None:
    def made(stack: cdk.Stack, *, change: bool) -> Mapping[str, Any]:
        vpc = own_vpc(stack)
        one, other = (secretsmanager.Secret(stack, name) for name in ("One", "Other"))
        group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
        new = {**EXISTING[kind], "secret": other, "security_group": group}
        after = {changed: new[changed]} if change else {}
        if kind == "cache":
            return {"vpc": vpc, "cache": ExistingCache(**{"host": "a", **after})}
        base = {"host": "a", "name": "a", "username": "a", "secret": one}
        return {"vpc": vpc, "database": ExistingDatabase(**{**base, **after})}

    before, after = (
        synthesize(lambda stack, change=change: made(stack, change=change)).template.body
        for change in (False, True)
    )
    assert after != before


def test_a_stop_signal_is_refused_because_ecs_has_no_such_option() -> None:
    with pytest.raises(OptionError, match=r"^Stack/Blog: stop_signal='SIGINT': ECS takes the stop"):
        synthesize(stop_signal="SIGINT")


def image_of(template: Template) -> Any:
    return template.container("web")["Image"]
