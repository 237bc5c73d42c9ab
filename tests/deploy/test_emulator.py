"""The emulator itself, where tests lean on it: processes, stopping, IAM, ECS's own refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.microblog import wait_for
from tests.emulator.health import matches
from tests.emulator.images import Image
from tests.emulator.launcher import ROOT
from tests.emulator.server import Emulator, processes_of_session, running_emulator

PYTHON = str(Path(sys.executable).parent)
IGNORES_SIGTERM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""


class Tasks:
    """Tasks of one container in one cluster, run by this test's own Python."""

    def __init__(self, emulator: Emulator) -> None:
        self.ecs = emulator.client("ecs")
        self.cluster = f"cluster-{uuid.uuid4().hex[:8]}"
        self.ecs.create_cluster(clusterName=self.cluster)
        emulator.images.publish("python", Image(folder="/", programs=PYTHON))

    def define(self, *command: str, **container: Any) -> str:
        roles = {name: container.pop(name) for name in list(container) if name.endswith("RoleArn")}
        definition = {"name": "main", "image": "registry/python:python", "command": list(command)}
        answer = self.ecs.register_task_definition(
            family=f"family-{uuid.uuid4().hex[:8]}",
            containerDefinitions=[{**definition, **container}],
            **roles,
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def run(self, definition: str, **more: Any) -> str:
        task = self.ecs.run_task(cluster=self.cluster, taskDefinition=definition, **more)
        return str(task["tasks"][0]["taskArn"])

    def describe(self, task: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_tasks(cluster=self.cluster, tasks=[task])
        described: dict[str, Any] = found["tasks"][0]
        return described

    def wait(self, task: str, status: str) -> dict[str, Any]:
        wait_for(lambda: self.describe(task)["lastStatus"] == status, f"the task is {status}")
        return self.describe(task)


@pytest.fixture(scope="module")
def tasks(emulator: Emulator) -> Tasks:
    return Tasks(emulator)


def test_a_task_tells_its_exit_code(tasks: Tasks) -> None:
    task = tasks.run(tasks.define("python", "-c", "raise SystemExit(3)"))

    assert tasks.wait(task, "STOPPED")["containers"][0]["exitCode"] == 3


def test_a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout(
    emulator: Emulator, tasks: Tasks
) -> None:
    task = tasks.run(tasks.define("python", "-c", IGNORES_SIGTERM, stopTimeout=2))
    tasks.wait(task, "RUNNING")
    (log,) = emulator.folder.logs.glob(f"task-{task.rsplit('/', 1)[-1]}-*.log")
    wait_for(lambda: "deaf" in log.read_text(), "it ignores SIGTERM")
    tasks.ecs.stop_task(cluster=tasks.cluster, task=task)

    stopping = tasks.describe(task)
    stopped = tasks.wait(task, "STOPPED")

    assert (stopping["lastStatus"], stopping["desiredStatus"]) == ("STOPPING", "STOPPED")
    assert stopped["containers"][0]["exitCode"] == 137


def test_a_task_is_stopped_by_the_signal_of_its_image(emulator: Emulator, tasks: Tasks) -> None:
    emulator.images.publish("interrupted", Image(folder="/", programs=PYTHON, stop_signal="SIGINT"))
    task = tasks.run(tasks.define("sleep", "600", image="registry/python:interrupted"))
    tasks.wait(task, "RUNNING")
    tasks.ecs.stop_task(cluster=tasks.cluster, task=task)

    code = tasks.wait(task, "STOPPED")["containers"][0]["exitCode"]

    assert code == 128 + signal.SIGINT


def test_an_image_that_was_not_published_can_not_be_pulled(tasks: Tasks) -> None:
    task = tasks.run(tasks.define("true", image="registry/python:other"))

    assert "CannotPullContainerError" in tasks.wait(task, "STOPPED")["stoppedReason"]


def test_a_client_token_starts_one_task(tasks: Tasks) -> None:
    definition = tasks.define("true")

    assert tasks.run(definition, clientToken="a") == tasks.run(definition, clientToken="a")


def test_a_list_by_who_started_takes_no_other_filter(tasks: Tasks) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        tasks.ecs.list_tasks(cluster=tasks.cluster, startedBy="a", desiredStatus="STOPPED")


def role(emulator: Emulator, name: str, *actions: str) -> str:
    """A role for tasks that allows these actions on everything."""
    iam, statement = emulator.client("iam"), {"Effect": "Allow"}
    principal = {"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Statement": [{**statement, **principal}]}),
    )["Role"]["Arn"]
    for action in actions:
        allowed = {**statement, "Action": action, "Resource": "*"}
        iam.put_role_policy(
            RoleName=name,
            PolicyName=action.replace(":", "-"),
            PolicyDocument=json.dumps({"Statement": [allowed]}),
        )
    return str(arn)


@pytest.mark.parametrize("actions", [[], ["secretsmanager:GetSecretValue"]])
def test_a_secret_reaches_a_task_whose_execution_role_may_read_it(
    emulator: Emulator, tasks: Tasks, actions: list[str]
) -> None:
    secret = emulator.client("secretsmanager").create_secret(
        Name=uuid.uuid4().hex, SecretString="quiet"
    )["ARN"]
    definition = tasks.define(
        *("python", "-c", "import os; raise SystemExit(len(os.environ['WORD']))"),
        secrets=[{"name": "WORD", "valueFrom": secret}],
        executionRoleArn=role(emulator, f"execution-{len(actions)}", *actions),
    )

    stopped = tasks.wait(tasks.run(definition), "STOPPED")

    if actions:
        assert stopped["containers"][0]["exitCode"] == len("quiet")
    else:
        assert "ResourceInitializationError: unable to pull secrets" in stopped["stoppedReason"]
        assert (
            "is not authorized to perform: secretsmanager:GetSecretValue"
            in (stopped["stoppedReason"])
        )


@pytest.mark.parametrize(
    ("status", "codes", "healthy"),
    [
        (200, "200", True),
        (302, "200-399", True),
        (400, "200-399", False),
        (301, "200,301-302", True),
        (204, "200,301-302", False),
    ],
)
def test_a_matcher_names_codes_and_ranges(status: int, codes: str, healthy: bool) -> None:
    assert matches(status, codes) is healthy


# --- nothing runs on ---

_ABANDONED = """
import sys, time
from pathlib import Path
from tests.deploy.test_emulator import Tasks
from tests.emulator.server import running_emulator
with running_emulator(Path(sys.argv[1])) as emulator:
    tasks = Tasks(emulator)
    tasks.wait(tasks.run(tasks.define("sleep", "600")), "RUNNING")
    print(emulator.session, flush=True)
    time.sleep(600)
"""


def test_the_emulator_takes_its_tasks_along(emulator: Emulator, tmp_path: Path) -> None:
    with running_emulator(tmp_path) as own:
        tasks = Tasks(own)
        tasks.wait(tasks.run(tasks.define("sleep", "600")), "RUNNING")
        running = processes_of_session(own.session)

    assert len(running) == 2, "the emulator and its task"
    assert processes_of_session(own.session) == []


def test_the_emulator_ends_with_a_parent_that_was_killed(
    emulator: Emulator, tmp_path: Path
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _ABANDONED, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout
        session = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)

    wait_for(lambda: not processes_of_session(session), "the emulator ends")
