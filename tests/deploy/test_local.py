"""`make deploy-local`: the CDK command line, an emulator that stays, a door to what answers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.emulator.local.apps import ALIASES, LOCAL_APPS
from tests.emulator.local.state import State
from tests.emulator.missing import missing_part
from tools.apps import APPS
from tools.deploy import CDK_CLI
from tools.environment import ROOT


def local(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.emulator.local", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Local:
    """An app that was deployed: where its state is, and what the command printed."""

    state: State
    printed: str

    @property
    def url(self) -> str:
        found = re.search(r"It answers at (\S+)", self.printed)
        assert found, self.printed
        return found[1]


@pytest.fixture(scope="module")
def ecs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    if reason := missing_part():
        pytest.skip(reason)
    if not CDK_CLI.is_file():
        pytest.skip("no CDK command line: make node_modules/.package-lock.json")
    folder = tmp_path_factory.mktemp("local") / "state"
    done = local("deploy", "ecs", "--folder", str(folder))
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        yield Local(State(folder), done.stdout)
    finally:
        local("destroy", "ecs", "--folder", str(folder))


def test_the_application_answers_where_the_command_says(ecs: Local) -> None:
    answer = requests.get(f"{ecs.url}/api/health-check/", timeout=30)

    assert answer.status_code == 200


def test_the_released_database_is_behind_it(ecs: Local) -> None:
    answer = requests.get(f"{ecs.url}/api/posts/", timeout=30)

    assert answer.json()["results"] == []


def test_redirects_lead_back_to_the_door(ecs: Local) -> None:
    answer = requests.get(f"{ecs.url}/admin/", timeout=30)

    assert answer.url.startswith(f"{ecs.url}/admin/login/")


def test_a_person_can_log_in_through_the_door(ecs: Local) -> None:
    """Django compares the origin of a form with the host: both have the same name behind it."""
    browser = requests.Session()
    browser.get(f"{ecs.url}/admin/login/", timeout=30)

    answer = browser.post(
        f"{ecs.url}/admin/login/",
        data={
            "username": "nobody",
            "password": "wrong",
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        },
        headers={"Origin": ecs.url, "Referer": f"{ecs.url}/admin/login/"},
        timeout=30,
    )

    assert answer.status_code == 200
    assert "enter the correct username and password" in answer.text


def test_it_is_said_what_is_not_as_on_aws(ecs: Local) -> None:
    assert "Not as on AWS: containers are processes of this machine" in ecs.printed


def test_what_was_looked_up_here_is_not_noted_for_a_real_account(ecs: Local) -> None:
    assert (ecs.state.path / "cdk.context.json").is_file()
    assert "111111111111" not in "".join(path.read_text() for path in ROOT.glob("cdk.context.json"))


def test_nothing_is_left_after_the_last_app(ecs: Local) -> None:
    emulator = ecs.state.background("emulator")
    assert emulator

    done = local("destroy", "ecs", "--folder", str(ecs.state.path))

    assert done.returncode == 0, done.stdout + done.stderr
    assert not ecs.state.path.exists()
    assert not emulator.runs
    with pytest.raises(requests.ConnectionError):
        requests.get(ecs.url, timeout=5)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    done = local("deploy", "lambda")

    assert done.returncode == 2
    assert "no app is called 'lambda'; the apps are ecs, " in done.stderr


def test_every_construct_of_the_integ_apps_can_be_deployed_locally() -> None:
    assert {"ecs", "eks", "static-site", "django-vue", "s3", "ec2"} == LOCAL_APPS.keys()
    assert LOCAL_APPS.keys() <= APPS.keys()
    assert set(ALIASES.values()) <= LOCAL_APPS.keys()
