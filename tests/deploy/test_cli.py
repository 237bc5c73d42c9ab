"""The command line against a deployed DjangoEcs, as a user with the documented permissions.

The sample's tasks really run, so output and exit codes are those of its own manage.py.
"""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, microblog, wait_for
from tests.emulator.server import Emulator
from tests.emulator.settings import REGION

STACK = "CommandLine"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "cli.md"
OF_EVERY_VERB = (
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
)

Verb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def blog(emulator: Emulator) -> Iterator[MicroBlog]:
    life = Life(emulator, STACK)
    build = functools.partial(microblog, celery_app="backend.celery_app:app")
    yield MicroBlog(emulator, life.deploy(build))
    life.destroy()


def documented(verb: str) -> list[str]:
    """The actions that the documentation lists for a verb on ECS."""
    table = DOCUMENTATION.read_text().split("## Permissions")[1]
    actions: list[str] = []
    current: Sequence[str] = ()
    for names, cell in re.findall(r"^\| (.*?) ?\| (`.*?:.*?) \|", table, re.MULTILINE):
        current = re.findall(r"`(\w+)`", names) or current
        if verb in current:
            actions += re.findall(r"`([a-z0-9]+:\w+)`", cell)
    return [*OF_EVERY_VERB, *actions]


@pytest.fixture(scope="module")
def environment(blog: MicroBlog) -> Callable[[str], dict[str, str]]:
    """The environment of a user who may do what the documentation lists for a verb, no more."""
    iam = blog.emulator.client("iam")

    @functools.cache
    def credentials(verb: str) -> tuple[str, str]:
        iam.create_user(UserName=f"may-{verb}")
        statement = {"Effect": "Allow", "Action": documented(verb), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_user_policy(
            UserName=f"may-{verb}", PolicyName="documented", PolicyDocument=json.dumps(policy)
        )
        key = iam.create_access_key(UserName=f"may-{verb}")["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def made(verb: str) -> dict[str, str]:
        key, secret = credentials(verb)
        return {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": blog.emulator.endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": REGION,
        }

    return made


@pytest.fixture(scope="module")
def call(environment: Callable[[str], dict[str, str]], tmp_path_factory: Any) -> Verb:
    """Calls a verb with these words."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def run(verb: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "django_cdk.cli", verb, "--stack", STACK, *words],
            env=environment(verb),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_manage_shows_the_commands_output(call: Verb) -> None:
    done = call("manage", "--", "migrate", "--plan")

    assert (done.returncode, "No planned migration operations." in done.stdout) == (0, True), (
        done.stderr
    )


def test_manage_ends_with_the_commands_exit_code(call: Verb) -> None:
    done = call("manage", "--", "shell", "--command", "raise SystemExit(7)")

    assert done.returncode == 7, done.stderr


def test_manage_writes_to_the_applications_database(call: Verb, blog: MicroBlog) -> None:
    script = "from django.contrib.auth import get_user_model as m; print(m().objects.count())"

    done = call("manage", "--", "shell", "--verbosity", "0", "--command", script)

    assert done.stdout.split() == [str(blog.sql("select count(*) from auth_user")[0][0])]


def test_a_command_that_is_not_there_is_told_by_django(call: Verb) -> None:
    done = call("manage", "--", "no_such_command")

    assert done.returncode == 1
    assert "Unknown command: 'no_such_command'" in done.stdout


def test_ctrl_c_stops_the_task(
    environment: Callable[[str], dict[str, str]], blog: MicroBlog
) -> None:
    script = "import time; print('asleep', flush=True); time.sleep(600)"
    words = ["manage", "--stack", STACK, "--", "shell", "--command", script]
    manage = subprocess.Popen(
        [sys.executable, "-u", "-m", "django_cdk.cli", *words],
        env=environment("manage"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert manage.stdout
    for line in manage.stdout:
        if "asleep" in line:
            os.killpg(manage.pid, signal.SIGINT)
            break
    _, err = manage.communicate(timeout=120)

    def stopped() -> list[Any]:
        arns = blog.ecs.list_tasks(cluster=blog.cluster, desiredStatus="STOPPED")["taskArns"]
        tasks = blog.ecs.describe_tasks(cluster=blog.cluster, tasks=arns)["tasks"]
        return [one for one in tasks if "Interrupted" in one.get("stoppedReason", "")]

    assert manage.returncode == 130, err
    wait_for(lambda: bool(stopped()), "the task has stopped")


def test_status_tells_that_all_is_well(call: Verb, blog: MicroBlog) -> None:
    done = call("status", "--json")

    told = json.loads(done.stdout)
    assert (told["problems"], told["url"]) == ([], blog.outputs["Url"])


def test_status_tells_what_runs(call: Verb) -> None:
    told = json.loads(call("status", "--json").stdout)["processes"]

    counts = {one["name"]: (one["running"], one["desired"], one["rollout"]) for one in told}
    assert counts == {"web": (1, 1, "completed"), "worker:celery": (1, 1, "completed")}


def test_status_tells_the_release_commands(call: Verb) -> None:
    told = json.loads(call("status", "--json").stdout)["release"]

    assert [(one["name"], one["result"]) for one in told] == [
        ("migrate", "succeeded"),
        ("collectstatic", "succeeded"),
    ]


def test_status_tells_the_health_of_the_targets(call: Verb) -> None:
    told = json.loads(call("status", "--json").stdout)["targets"]

    assert [one["state"] for one in told] == ["healthy"]


def test_status_tells_the_alarms(call: Verb) -> None:
    told = json.loads(call("status", "--json").stdout)["alarms"]

    assert len(told) == 2


def test_logs_show_what_the_release_printed(call: Verb) -> None:
    done = call("logs", "--process", "release")

    assert "Applying posts.0001_initial... OK" in done.stdout, done.stderr


def test_logs_show_what_the_worker_printed(call: Verb) -> None:
    assert re.search(r"worker:celery \| .*ready\.", call("logs").stdout)


def test_following_shows_a_line_as_it_is_written(
    environment: Callable[[str], dict[str, str]], blog: MicroBlog
) -> None:
    words = ["logs", "--stack", STACK, "--process", "web", "--follow", "--grep", "hello-tail"]
    logs = subprocess.Popen(
        [sys.executable, "-u", "-m", "django_cdk.cli", *words],
        env=environment("logs"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert logs.stdout
    # The command runs with the web's task definition, so it writes into the web's log.
    blog.run("python", "-c", "print('hello-tail')")
    line = logs.stdout.readline()
    os.killpg(logs.pid, signal.SIGINT)
    _, err = logs.communicate(timeout=60)

    assert line.endswith("hello-tail\n")
    assert (logs.returncode, err) == (130, "")
