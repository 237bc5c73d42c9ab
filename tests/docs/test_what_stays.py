"""The table of what stays when a stack is deleted, compared with templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from django_cdk import AuroraServerless, DjangoEcs, Postgres, ScheduledCommand
from tests.docs.pages import Page
from tests.stacks import Synthesized, synthesize

if TYPE_CHECKING:
    from constructs import IConstruct

PAGE = Page("docs/what-stays.md")
WORDS = {
    "Snapshot": "final snapshot",
    "Delete": "deleted",
    "Retain": "kept",
    "RetainExceptOnCreate": "kept",
}
POLICIES: Mapping[str, cdk.RemovalPolicy | None] = {
    "default": None,
    "DESTROY": cdk.RemovalPolicy.DESTROY,
    "RETAIN": cdk.RemovalPolicy.RETAIN,
}
DATABASES = {"Postgres": Postgres(), "Aurora": AuroraServerless()}


def databases(django: DjangoEcs) -> list[IConstruct | None]:
    assert django.backing.database
    return [django.backing.database.instance or django.backing.database.cluster]


def caches(django: DjangoEcs) -> list[IConstruct | None]:
    assert django.backing.cache
    return [django.backing.cache.replication_group]


def generated_secrets(django: DjangoEcs) -> list[IConstruct | None]:
    backing = django.backing
    assert backing.cache
    (database,) = databases(django)
    assert database
    return [
        database.node.find_child("Secret"),
        backing.secret_key,
        backing.cache.node.find_child("AuthToken"),
    ]


def process_logs(django: DjangoEcs) -> list[IConstruct | None]:
    assert django.release
    assert django.beat
    assert django.schedule
    return [
        django.web.task.log_group,
        django.release.task.log_group,
        django.beat.task.log_group,
        *(worker.task.log_group for worker in django.workers.values()),
        *(command.task.log_group for command in django.schedule.commands),
    ]


def exec_sessions(django: DjangoEcs) -> list[IConstruct | None]:
    assert django.exec_sessions
    return [django.exec_sessions.key, django.exec_sessions.log_group]


#: The table's rows, in order: which constructs each speaks of.
ROWS: list[Callable[[DjangoEcs], list[IConstruct | None]]] = [
    databases,
    caches,
    lambda django: [django.static_file_bucket],
    lambda django: [django.access_logs],
    generated_secrets,
    lambda django: [django.environment.derived_secret],
    process_logs,
    exec_sessions,
]


@pytest.fixture(scope="module", params=[(p, d) for p in POLICIES for d in DATABASES], ids=" ".join)
def deployed(request: pytest.FixtureRequest) -> tuple[int, Synthesized]:
    """The column of the table, and an application with everything in it."""
    policy, database = request.param
    return list(POLICIES).index(policy), synthesize(
        database=DATABASES[database],
        removal_policy=POLICIES[policy],
        celery_app="blog",
        use_celery_beat=True,
        use_ecs_exec=True,
        scheduled_commands={"one": ScheduledCommand(schedule="rate(1 day)", command=["true"])},
    )


def test_the_table_says_what_the_template_does(deployed: tuple[int, Synthesized]) -> None:
    column, made = deployed
    written = [row[1 + column] for row in PAGE.table("The table", "Resource")]
    found = [
        {
            WORDS[made.template.of(construct).deletion_policy]
            for construct in constructs(made.construct)
            if construct
        }
        for constructs in ROWS
    ]

    assert found == [{cell} for cell in written]


def test_nothing_that_the_table_leaves_out_holds_data_back(
    deployed: tuple[int, Synthesized],
) -> None:
    _, made = deployed
    told = {
        made.template.of(construct).id
        for constructs in ROWS
        for construct in constructs(made.construct)
        if construct
    }
    kept = {
        resource.id: resource.type
        for resource in made.template.resources.values()
        if resource.deletion_policy != "Delete" and resource.id not in told
    }

    # The CDK gives the parts of a kept database the database's policy.
    assert set(kept.values()) <= {"AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"}


def test_a_database_is_protected_from_deletion_unless_destroyed(
    deployed: tuple[int, Synthesized],
) -> None:
    column, made = deployed
    (database,) = databases(made.construct)
    assert database

    protected = made.template.of(database)["DeletionProtection"]
    assert protected is (list(POLICIES)[column] != "DESTROY")
