"""Which stack, which application."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from django_cdk import DjangoVue
from django_cdk.cli.ecs.application import ecs_applications, owner
from django_cdk.cli.errors import CliError
from django_cdk.cli.options import duration
from django_cdk.cli.stack import find_stack
from django_cdk.cli.target import choose, choose_process, find_target, manage_py_of
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION, deploy
from tests.stacks import ENVIRONMENT, IMAGE, Template, new_stack

Arguments = argparse.Namespace


def arguments(**given: Any) -> Arguments:
    """The options that every verb has."""
    return Arguments(**{"stack": None, "app": None, "profile": None, "region": None, **given})


def synthesized(folder: Path, stacks: Mapping[str, str], kind: str = "AWS::ECS::Service") -> None:
    """What a synth leaves: stacks of that name in that region, with a resource of the kind."""
    (folder / "cdk.json").write_text('{"app": "python app.py"}')
    out = folder / "cdk.out"
    out.mkdir(exist_ok=True)
    artifacts = {}
    for name, region in stacks.items():
        (out / f"{name}.template.json").write_text(
            json.dumps({"Resources": {"One": {"Type": kind}}})
        )
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "properties": {"templateFile": f"{name}.template.json", "stackName": name},
        }
    (out / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def test_the_only_stack_of_the_region_is_taken(shop: None) -> None:
    assert find_stack(arguments()).name == "Shop"


def test_two_stacks_ask_for_the_name(shop: None, blog: Template) -> None:
    deploy(blog.body, "Other")

    with pytest.raises(CliError, match=r"Give --stack \(or set DJANGO_CDK_STACK\): Other, Shop\."):
        find_stack(arguments())


def test_the_environment_names_the_stack(
    shop: None, blog: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(blog.body, "Other")
    monkeypatch.setenv("DJANGO_CDK_STACK", "Other")

    assert find_stack(arguments()).name == "Other"


def test_the_option_wins_over_the_environment(
    shop: None, blog: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(blog.body, "Other")
    monkeypatch.setenv("DJANGO_CDK_STACK", "Other")

    assert find_stack(arguments(stack="Shop")).name == "Shop"


def test_the_stack_of_the_last_synth_is_taken(shop: None, blog: Template, tmp_path: Path) -> None:
    deploy(blog.body, "Other")
    synthesized(tmp_path, {"Shop": "unknown-region"})

    assert find_stack(arguments()).name == "Shop"


def test_the_synth_is_found_from_a_folder_below(shop: None, blog: Template, tmp_path: Path) -> None:
    deploy(blog.body, "Other")
    synthesized(tmp_path, {"Shop": "unknown-region"})
    below = tmp_path / "backend" / "blog"
    below.mkdir(parents=True)

    assert find_stack(arguments(), below).name == "Shop"


def test_stacks_without_an_application_do_not_count(
    shop: None, blog: Template, tmp_path: Path
) -> None:
    synthesized(tmp_path, {"Buckets": "unknown-region"}, kind="AWS::S3::Bucket")

    assert find_stack(arguments()).name == "Shop"


def test_several_stacks_of_a_synth_ask_for_the_name(cloud: None, tmp_path: Path) -> None:
    synthesized(tmp_path, {"Staging": "unknown-region", "Production": "unknown-region"})

    with pytest.raises(CliError, match="Production, Staging"):
        find_stack(arguments())


def test_stacks_of_a_stage_are_found_too(shop: None, blog: Template, tmp_path: Path) -> None:
    deploy(blog.body, "Other")
    synthesized(tmp_path, {"Shop": "unknown-region"})
    (tmp_path / "cdk.out").rename(tmp_path / "assembly-Prod")
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "assembly-Prod").rename(tmp_path / "cdk.out" / "assembly-Prod")
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps({"artifacts": {"Prod": stage}}))

    assert find_stack(arguments()).name == "Shop"


def test_the_region_is_that_of_the_synthesized_stack(
    cloud: None, blog: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(blog.body)
    synthesized(tmp_path, {"Shop": REGION})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")

    assert find_stack(arguments(stack="Shop")).session.region_name == REGION


def test_a_stack_that_is_not_there_says_where_it_was_looked_for(cloud: None, cli: Cli) -> None:
    outcome = cli("status", "--stack", "Nothing")

    assert outcome.code == 1
    assert "There is no stack 'Nothing' in eu-west-1: deploy it first" in outcome.err


def test_a_region_without_applications_says_so(cloud: None, cli: Cli) -> None:
    assert "No stack in eu-west-1 looks like one of django-cdk's" in cli("status").err


def test_a_stack_of_something_else_has_no_application(cloud: None) -> None:
    template = {"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup"}}}
    client = boto3.client("cloudformation", region_name=REGION)
    client.create_stack(StackName="Other", TemplateBody=json.dumps(template))

    with pytest.raises(CliError, match="has no DjangoEcs, DjangoEks or DockerEc2 in it"):
        find_target(arguments(stack="Other"))


def test_all_processes_are_recognised_by_their_task_definitions(shop: None) -> None:
    assert list(find_target(arguments()).labels()) == [
        "web",
        "worker:celery",
        "beat",
        "release",
        "scheduled:clear",
    ]


def test_two_applications_ask_which(cloud: None, two_apps: Template) -> None:
    deploy(two_apps.body)

    with pytest.raises(CliError, match=r"Give --app: Blog, BlogTwo\."):
        find_target(arguments())


def test_an_unknown_application_names_the_known(cloud: None, two_apps: Template) -> None:
    deploy(two_apps.body)

    with pytest.raises(CliError, match="no application 'Blok' in this stack: Blog, BlogTwo"):
        find_target(arguments(app="Blok"))


def test_each_of_two_applications_has_its_own_processes(cloud: None, two_apps: Template) -> None:
    deploy(two_apps.body)

    processes = {one.app: one.labels() for one in ecs_applications(find_stack(arguments()))}

    assert processes == {"Blog": ["web", "worker:celery", "release"], "BlogTwo": ["web", "release"]}


def test_the_application_of_a_django_vue_is_its_backend(cloud: None, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("")
    stack = new_stack(env=ENVIRONMENT)
    zone = {"zone_name": "example.com", "hosted_zone_id": "Z0123456789"}
    site = {"domain_name": "www.example.com", "path_to_dist": str(tmp_path), **zone}
    DjangoVue(stack, "Site", image=IMAGE, **site)
    deploy(Template.of_stack(stack).body)

    assert find_target(arguments()).app == "SiteBackend"


def test_a_resource_belongs_to_the_longest_name_that_fits() -> None:
    assert owner("BlogTwoWebTask12345678", ["Blog", "BlogTwo"]) == "BlogTwo"


def test_with_one_application_its_name_may_be_given_too(shop: None) -> None:
    stack = find_stack(arguments())

    assert choose(ecs_applications(stack), "Blog").app == "Blog"


@pytest.mark.parametrize("text", ["worker:celery", "celery"])
def test_a_process_is_named_by_its_label_or_its_name(text: str) -> None:
    assert choose_process(["web", "worker:celery"], text) == "worker:celery"


def test_an_unknown_process_names_the_known() -> None:
    with pytest.raises(CliError, match=r"no one process 'wep': web, worker:celery\."):
        choose_process(["web", "worker:celery"], "wep")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["python", "manage.py", "migrate", "--noinput"], ["python", "manage.py"]),
        (["uv", "run", "/app/manage.py", "migrate"], ["uv", "run", "/app/manage.py"]),
        (["django-admin", "migrate"], ["django-admin"]),
        (["./release.sh"], ["python", "manage.py"]),
    ],
)
def test_manage_py_is_called_as_the_release_commands_do(
    command: list[str], expected: list[str]
) -> None:
    assert list(manage_py_of(iter([command]))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "1", "h", "1y", "1h x", "-1h"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="give 90s, 15m, 1h, 2d"):
        duration(text)
