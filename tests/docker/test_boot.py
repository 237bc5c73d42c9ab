"""The first boot: user data, cfn-init, boot.sh, deploy.sh, and what stands then."""

from __future__ import annotations

import json

import pytest

from tests.docker import blog
from tests.docker.instance import Instance


def test_the_stack_is_complete_when_the_application_answers(booted: Instance) -> None:
    printed = (booted.folder / "boot.log").read_text()

    assert booted.deployed.signal().startswith("-e 0 "), printed
    assert f"https://{blog.DOMAIN}/api/health-check/ answers" in printed


def test_visitors_reach_database_and_cache_over_tls(instance: Instance) -> None:
    answer = instance.json("/api/health-check/ready/")

    assert answer == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}


@pytest.mark.parametrize("path", ["/", "/posts/1"])
def test_paths_that_are_not_the_applications_show_the_front_end(
    instance: Instance, path: str
) -> None:
    answer = instance.ask(path)

    assert answer.status == 200
    assert '<div id="app">' in answer.text


def test_plain_http_leads_to_https(instance: Instance) -> None:
    answer = instance.ask("/admin/?next=1", tls=False)

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{blog.DOMAIN}/admin/?next=1"


def test_another_host_is_not_served(instance: Instance) -> None:
    words = ("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "https://127.0.0.1/")

    assert instance.machine.run(*words).stdout == "404"


def test_release_commands_have_made_the_tables(instance: Instance) -> None:
    assert instance.sql("SELECT count(*) FROM posts_post") == "0"


def test_release_commands_have_filled_the_bucket(instance: Instance) -> None:
    (bucket,) = (
        one for one in instance.deployed.deployed.of_type("AWS::S3::Bucket") if "Assets" in one
    )
    listed = instance.account.client("s3").list_objects_v2(
        Bucket=instance.deployed.deployed.ref(bucket), Prefix="static/admin/css/base"
    )

    assert listed["KeyCount"] > 0


def test_release_commands_leave_no_service(instance: Instance) -> None:
    assert "release" not in instance.machine.docker.run("service", "ls")


def test_data_lie_on_the_volume(instance: Instance) -> None:
    (container,) = instance.containers("postgres")
    mounts = json.loads(
        instance.machine.docker.run("inspect", "--format", "{{json .Mounts}}", container)
    )
    source = {one["Destination"]: one.get("Source") for one in mounts}
    kind = instance.machine.run("findmnt", "--noheadings", "--output", "FSTYPE,SOURCE", "/data")

    assert source["/var/lib/postgresql/data"] == "/data/postgres"
    assert kind.stdout.split() == ["xfs", instance.machine.disks[0].device]


def test_the_worker_does_what_the_web_process_asks_for(instance: Instance) -> None:
    printed = instance.inside("web", "celery", "-A", "backend.celery_app:app", "inspect", "ping")

    assert "pong" in printed


def test_docker_shows_nobody_a_secret(instance: Instance) -> None:
    client = instance.account.client("secretsmanager")
    texts = [
        client.get_secret_value(SecretId=one["ARN"])["SecretString"]
        for one in client.list_secrets()["SecretList"]
    ]
    secrets = {
        value
        for text in texts
        for value in (json.loads(text).values() if text.startswith("{") else [text])
        if isinstance(value, str) and len(value) > 40
    }
    docker = instance.machine.docker
    shown = docker.run("inspect", *docker.run("ps", "--quiet").split())
    shown += docker.run("service", "inspect", *docker.run("service", "ls", "--quiet").split())

    assert len(secrets) > 5
    assert not [one for one in secrets if one in shown]


def test_no_secret_lies_in_a_file_of_the_machine(instance: Instance) -> None:
    password = instance.inside("web", "printenv", "POSTGRES_PASSWORD")
    found = instance.machine.run(
        "grep", "-rlF", password, "/opt", "/etc", "/data/django-cdk", "/root"
    )

    assert len(password) == 48
    assert found.stdout == ""


def test_preparing_the_machine_again_changes_nothing(instance: Instance) -> None:
    again = instance.machine.run("bash", "/opt/django-cdk/boot.sh", "prepare")

    assert again.returncode == 0, again.stderr
    assert instance.sql("SELECT count(*) FROM posts_post") == "0"
