"""`make deploy-<app>` and its sister verbs, up to the call of the CDK command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.apps import APPS, ROOT, IntegApp, app_modules
from tools.deploy import VERBS, UsageError, check_settings, command, find_app

ACCOUNT = {"AWS_ACCOUNT_ID": "123456789012", "AWS_DEFAULT_REGION": "eu-west-1"}
ECS = APPS["ecs"]


@pytest.mark.parametrize("verb", ["deploy", "diff", "destroy"])
def test_a_verb_that_needs_an_account_names_what_is_missing(verb: str) -> None:
    with pytest.raises(UsageError, match=f"^{verb} needs AWS_DEFAULT_REGION and AWS_ACCOUNT_ID:"):
        check_settings(verb, ECS, {})


def test_an_app_names_the_settings_of_its_own_that_are_missing() -> None:
    app = IntegApp(module="static_site", required=("FRONTEND_DOMAIN_NAME",))

    with pytest.raises(UsageError, match="deploy needs FRONTEND_DOMAIN_NAME:"):
        check_settings("deploy", app, ACCOUNT)


def test_synth_needs_nothing() -> None:
    check_settings("synth", ECS, {})


def test_a_complete_environment_passes() -> None:
    check_settings("deploy", ECS, ACCOUNT)


def test_an_unknown_app_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no app is called 'esc'; the apps are ecs, eks, "):
        find_app("esc")


def test_an_app_that_is_not_written_yet_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no integ/django_ecs\.py yet"):
        find_app("ecs", folder=tmp_path)


def test_the_command_runs_the_app_on_this_python_into_its_own_folder() -> None:
    arguments = command("diff", ECS)

    assert "diff" in arguments
    assert arguments[arguments.index("--app") + 1] == f"{sys.executable} -m integ.django_ecs"
    assert arguments[arguments.index("--output") + 1] == "cdk.out/django_ecs"


def test_deploy_and_destroy_take_all_stacks_of_the_app() -> None:
    with_all = [verb for verb in VERBS if "--all" in command(verb, ECS)]

    assert with_all == ["deploy", "destroy"]


def test_every_module_of_integ_but_settings_and_private_ones_is_an_app(tmp_path: Path) -> None:
    for name in ("settings.py", "_shared.py", "s3.py", "django_ecs.py", "notes.txt"):
        (tmp_path / name).touch()

    assert app_modules(tmp_path) == ["django_ecs", "s3"]


def test_every_app_of_integ_can_be_deployed() -> None:
    assert set(app_modules()) <= {app.module for app in APPS.values()}


def test_a_missing_setting_is_one_line_and_a_failure() -> None:
    # Exported empty, so that a developer's own .env can't decide the outcome.
    environment = {**os.environ, **ACCOUNT, "AWS_DEFAULT_REGION": ""}

    done = subprocess.run(
        [sys.executable, "-m", "tools.deploy", "deploy", "ecs"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "deploy needs AWS_DEFAULT_REGION: export it or put it in .env (see .env.template)"
    ]
