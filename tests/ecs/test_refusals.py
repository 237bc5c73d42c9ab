"""Bad input through the door: the error names construct path, option, value and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_ecs as ecs
import aws_cdk.aws_route53 as route53
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_secretsmanager as secretsmanager
import pytest

from django_cdk import (
    AuroraServerless,
    ExistingCache,
    OptionError,
    Postgres,
    Scaling,
    ScheduledCommand,
    Size,
    Valkey,
    Worker,
)
from tests.ecs.test_bring_your_own import ARN, TIERS, own_vpc
from tests.stacks import DOMAIN, ENVIRONMENT, IMAGE, django_ecs, new_stack

ELSEWHERE = ARN.replace("eu-central-1", "us-east-1")

COUNTED = Worker(command=["a"], scaling=Scaling(max_count=2, backlog_per_task=9), queues=["a"])

#: What went wrong -> the options, the option that is named, and what the remedy says.
BAD: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "no image at all": ({"image": None}, "image_directory", "give either image_directory"),
    "records without a domain": (
        {"alias_records": False},
        "alias_records",
        "without api_domain_name",
    ),
    "requests as a signal for a fixed number": (
        {"web_scaling": Scaling(requests_per_target=100)},
        "web_scaling",
        "raise max_count",
    ),
    "a directory that is missing": (
        {"image": None, "image_directory": "no/such/directory"},
        "image_directory",
        "there is no such directory",
    ),
    "an unknown option": ({"use_celery_beet": True}, "use_celery_beet", "'use_celery_beat'?"),
    "an empty command": ({"web_command": []}, "web_command", "at least one word"),
    "a shell line as command": ({"web_command": "gunicorn"}, "web_command", "['gunicorn']"),
    "min above max": (
        {"web_scaling": Scaling(min_count=5, max_count=2)},
        "web_scaling",
        "min_count 5 is above max_count 2",
    ),
    "a size that Fargate does not sell": (
        {"web_size": Size(cpu=256, memory_mib=8192)},
        "size of web 'web'",
        "give memory_mib=2048",
    ),
    "a worker's size that Fargate does not sell": (
        {"workers": {"rq": Worker(command=["a"], size=Size(cpu=300))}},
        "size of worker 'rq'",
        "give cpu as one of 256, 512",
    ),
    "a scheduled command's size that Fargate does not sell": (
        {
            "scheduled_commands": {
                "a": ScheduledCommand(
                    schedule="rate(1 day)", command=["a"], size=Size(memory_mib=512)
                )
            }
        },
        "size of scheduled 'a'",
        "give memory_mib=1024",
    ),
    "a name that is a variable and a secret": (
        {"environment_variables": {"SECRET_KEY": "abc"}},
        "environment_variables['SECRET_KEY']",
        "secrets={'SECRET_KEY': ...}",
    ),
    "an unknown token": (
        {"environment": {"HOST": "{hots}"}},
        "environment['HOST']",
        "did you mean 'host'?",
    ),
    "a token without a value": (
        {"database": None, "environment": {"DATABASE_URL": "{database.url}"}},
        "environment['DATABASE_URL']",
        "this application has no database",
    ),
    "messages to count without a cache": (
        {"cache": None, "workers": {"a": COUNTED}},
        "cache",
        "the scaling of worker 'a' counts messages in it",
    ),
    "messages to count for the web process": (
        {"web_scaling": Scaling(max_count=2, backlog_per_task=5)},
        "web_scaling",
        "backlog_per_task is for workers",
    ),
    "a worker without CPU use and without messages to count": (
        {"workers": {"a": Worker(command=["a"], scaling=Scaling(min_count=0))}},
        "workers['a'].scaling",
        "Only workers with backlog_per_task go down to 0",
    ),
    "messages of no queue": (
        {"workers": {"a": replace(COUNTED, queues=())}},
        "workers['a'].queues",
        "give the names of the celery queues",
    ),
    "a stop signal": ({"stop_signal": "SIGINT"}, "stop_signal", "STOPSIGNAL SIGINT"),
    "shells in a read-only file system": (
        {"use_ecs_exec": True, "read_only_root_filesystem": True},
        "use_ecs_exec",
        "switch one of",
    ),
    "a domain without its zone": (
        {"api_domain_name": "api.example.com"},
        "api_domain_name",
        "give zone_name",
    ),
    "a domain outside its zone": (
        {**DOMAIN, "api_domain_name": "api.example.org"},
        "api_domain_name",
        "it lies outside the zone 'example.com'",
    ),
    "a domain that only ends like its zone": (
        {**DOMAIN, "api_domain_name": "api.myexample.com"},
        "api_domain_name",
        "give a name that ends in .example.com",
    ),
    "a zone to look up from nowhere": (
        {"api_domain_name": "api.example.com", "zone_name": "example.com"},
        "zone_name",
        "env=Environment(account=..., region=...)",
    ),
    "a zone without a domain": (
        {"zone_name": "example.com"},
        "zone_name",
        "does nothing without api_domain_name",
    ),
    "a certificate without a domain": (
        {"certificate_arn": ARN},
        "certificate_arn",
        "does nothing without api_domain_name",
    ),
    "a certificate that is none": (
        {**DOMAIN, "certificate_arn": "0a1b"},
        "certificate_arn",
        "arn:aws:acm:REGION:ACCOUNT:certificate/ID",
    ),
    "a front end that is no URL": (
        {"frontend_url": "www.example.com"},
        "frontend_url",
        "such as https://www.example.com",
    ),
    "an unknown NAT": (
        {"nat": "gatway"},
        "nat",
        "'gateway', 'gateway_per_zone', 'instance', 'none'",
    ),
    "a release that takes too long": (
        {"release_timeout": 3600},
        "release_timeout",
        "give 1 to 3300 seconds",
    ),
    "a release id for no commands": (
        {"release_commands": {}, "release_id": "42"},
        "release_id",
        "there are no release_commands",
    ),
    "a removal policy that buckets don't know": (
        {"removal_policy": cdk.RemovalPolicy.SNAPSHOT},
        "removal_policy",
        "give RemovalPolicy.DESTROY",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_refuses(name: str) -> None:
    options, option, remedy = BAD[name]

    with pytest.raises(ValueError, match=r"^Shop/Blog: ") as refused:
        django_ecs(new_stack("Shop"), "Blog", **{"image": IMAGE, **options})

    error = refused.value
    assert isinstance(error, OptionError)
    assert str(error).startswith(f"Shop/Blog: {option}={error.value!r}: ")
    assert remedy in error.remedy


def test_refuses_a_directory_without_dockerfile(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"^Shop/Blog: dockerfile='Dockerfile': there is no such"):
        django_ecs(new_stack("Shop"), image_directory=str(tmp_path))


#: The same for options that are constructs: made in the stack by a function.
Made = Callable[[cdk.Stack], Mapping[str, Any]]


def vpc_of(*tiers: ec2.SubnetConfiguration) -> Made:
    return lambda stack: {"vpc": own_vpc(stack, *tiers)}


def zone(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.PublicHostedZone(stack, "Zone", zone_name="example.com")


def certificate(stack: cdk.Stack) -> acm.ICertificate:
    return acm.Certificate(stack, "Certificate", domain_name="api.example.com")


def cluster(stack: cdk.Stack) -> ecs.ICluster:
    return ecs.Cluster(stack, "Cluster", vpc=own_vpc(stack))


BAD_CONSTRUCTS: Mapping[str, tuple[Made, Mapping[str, Any], str, str]] = {
    "a VPC without private subnets": (
        vpc_of(TIERS[0], TIERS[2]),
        {},
        "vpc",
        'pass nat="none" to run the tasks in its public subnets',
    ),
    "a VPC without public subnets for a public load balancer": (
        vpc_of(TIERS[2]),
        {"nat": "none"},
        "vpc",
        "it has no public subnets",
    ),
    "a VPC with a single zone": (
        lambda stack: {"vpc": ec2.Vpc(stack, "Own", max_azs=1)},
        {},
        "vpc",
        "must stand in two",
    ),
    "a VPC without a tier for data": (
        vpc_of(TIERS[0]),
        {"nat": "none"},
        "vpc",
        "database and cache must stand in two",
    ),
    "a NAT for a VPC that has its own": (
        vpc_of(),
        {"nat": "instance"},
        "nat",
        "has its own way out",
    ),
    "a cluster of another VPC": (
        lambda stack: {"cluster": cluster(stack), "vpc": ec2.Vpc(stack, "Another")},
        {},
        "vpc",
        "stands in another VPC",
    ),
    "insights for a cluster that is there": (
        lambda stack: {"cluster": cluster(stack)},
        {"container_insights": True},
        "container_insights",
        "goes with a new cluster",
    ),
    "a bucket and a name": (
        lambda stack: {"bucket": s3.Bucket(stack, "Own")},
        {"bucket_name": "our-files"},
        "bucket_name",
        "bucket is given already",
    ),
    "two certificates": (
        lambda stack: {"certificate": certificate(stack)},
        {**DOMAIN, "certificate_arn": ARN},
        "certificate",
        "certificate_arn names one too",
    ),
    "two zones": (
        lambda stack: {"hosted_zone": zone(stack)},
        {"api_domain_name": "api.example.com", "zone_name": "example.com"},
        "hosted_zone",
        "zone_name names the zone too",
    ),
    "a domain outside the zone that is given": (
        lambda stack: {"hosted_zone": zone(stack)},
        {"api_domain_name": "api.example.org"},
        "api_domain_name",
        "it lies outside the zone 'example.com'",
    ),
    "a secret that is a variable too": (
        lambda stack: {"secrets": {"KEY": secretsmanager.Secret(stack, "Key")}},
        {"environment_variables": {"KEY": "abc"}},
        "environment_variables['KEY']",
        "secrets['KEY'] has the same name",
    ),
}


@pytest.mark.parametrize("name", BAD_CONSTRUCTS)
def test_refuses_constructs(name: str) -> None:
    made, options, option, remedy = BAD_CONSTRUCTS[name]

    with pytest.raises(OptionError, match=r"^Shop/Blog: ") as refused:
        django_ecs(new_stack("Shop"), "Blog", made, **options)

    assert refused.value.option == option
    assert remedy in refused.value.remedy
    assert " object at 0x" not in str(refused.value)


def test_refuses_a_certificate_of_another_region() -> None:
    with pytest.raises(OptionError, match="lies in us-east-1, and eu-central-1 is needed"):
        django_ecs(new_stack(env=ENVIRONMENT), certificate_arn=ELSEWHERE, **DOMAIN)


#: Values that are refused where they are made, before any construct is.
BAD_VALUES: Mapping[str, tuple[Callable[[], object], str]] = {
    "a minor version of Postgres": (lambda: Postgres(version="17.2"), "database.version='17.2'"),
    "too little storage": (lambda: Postgres(storage_gib=5), "database.storage_gib=5"),
    "storage that shrinks": (
        lambda: Postgres(storage_gib=50, max_storage_gib=20),
        "database.max_storage_gib=20",
    ),
    "a database's name with a hyphen": (
        lambda: Postgres(database_name="my-blog"),
        "database.database_name='my-blog': give a letter",
    ),
    "a name of Aurora that starts with a digit": (
        lambda: AuroraServerless(database_name="1st"),
        "database.database_name='1st'",
    ),
    "no backups": (lambda: Postgres(backup_days=0), "database.backup_days=0"),
    "a major version of Aurora": (
        lambda: AuroraServerless(version="17"),
        "database.version='17'",
    ),
    "Aurora min above max": (
        lambda: AuroraServerless(min_acu=8, max_acu=4),
        r"database.min_acu=\(8, 4\)",
    ),
    "Aurora that pauses at once": (
        lambda: AuroraServerless(auto_pause_minutes=1),
        "database.auto_pause_minutes=1",
    ),
    "too many backups of Aurora": (
        lambda: AuroraServerless(backup_days=36),
        "database.backup_days=36",
    ),
    "too many replicas": (lambda: Valkey(replicas=6), "cache.replicas=6"),
    "a node type without cache": (
        lambda: Valkey(node_type="t4g.micro"),
        r"cache.node_type='t4g.micro': give 'cache.t4g.micro'",
    ),
    "snapshots for ever": (lambda: Valkey(snapshot_days=36), "cache.snapshot_days=36"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_refuses_values(name: str) -> None:
    make, told = BAD_VALUES[name]

    with pytest.raises(OptionError, match=f"^{told}"):
        make()


#: Mistakes that a type checker would have found, by people who have none.
WRONG_TYPES: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "a database's class": ({"database": Postgres}, "database", "Postgres(...)"),
    "a database's name": ({"database": "postgres"}, "database", "Postgres(...)"),
    "a cache's class": ({"cache": Valkey}, "cache", "Valkey(...)"),
    "a cache's URL": ({"cache": "redis://a"}, "cache", "ExistingCache(...)"),
    "a database as cache": ({"cache": Postgres()}, "cache", "Valkey(...)"),
    "a cache as database": ({"database": ExistingCache(host="a")}, "database", "Postgres(...)"),
    "a queue's command": (
        {"celery_app": "blog", "celery_queues": {"high": ["./worker.sh"]}},
        "celery_queues['high']",
        "Worker(command=",
    ),
    "a scheduled command's words": (
        {"scheduled_commands": {"clear": ["python", "manage.py", "clearsessions"]}},
        "scheduled_commands['clear']",
        "ScheduledCommand(schedule=",
    ),
    "a secret's ARN": (
        {"secrets": {"KEY": "arn:aws:secretsmanager:eu-central-1:1:secret:key"}},
        "secrets['KEY']",
        "Secret.from_secret_complete_arn",
    ),
}


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_refuses_wrong_types(name: str) -> None:
    options, option, remedy = WRONG_TYPES[name]

    with pytest.raises(OptionError, match=r"^Shop/Blog: ") as refused:
        django_ecs(new_stack("Shop"), "Blog", **options)

    assert refused.value.option == option
    assert remedy in refused.value.remedy
