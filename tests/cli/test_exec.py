"""Commands in running containers: ECS Exec, and Systems Manager on EC2."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from django_cdk import DockerEc2
from django_cdk.cli.ec2.application import Ec2Application, docker_exec
from django_cdk.cli.ecs.application import EcsApplication
from django_cdk.cli.main import main
from tests.cli.conftest import Cli
from tests.cli.deployed import REGION, deploy, deploy_outputs
from tests.cli.sessions import Plugin, install
from tests.stacks import Template, image_directory, new_stack, synthesize

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/cluster/newest"


def task(name: str, *, minute: int = 0, open_: bool = True, agent: str = "RUNNING") -> Any:
    """A running task, as ECS describes it."""
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": agent, "reason": "no route"}]
    return {
        "taskArn": TASK.replace("newest", name),
        "lastStatus": "RUNNING",
        "enableExecuteCommand": open_,
        "startedAt": NOON + timedelta(minutes=minute),
        "containers": [
            {"name": kind, "runtimeId": f"{name}-runtime", "managedAgents": agents}
            for kind in ("web", "worker", "beat")
        ],
    }


class Ecs:
    """moto's ECS with running tasks, whose sessions the fake plugin runs."""

    def __init__(self, plugin: Plugin, *tasks: Mapping[str, Any]) -> None:
        self.real = boto3.client("ecs", region_name=REGION)
        self.asked: list[Mapping[str, Any]] = []
        self.refusal: ClientError | None = None
        self._plugin = plugin
        self._tasks = tasks

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def describe_services(self, **request: Any) -> Any:
        """moto forgets whether Exec is on."""
        answer = self.real.describe_services(**request)
        for service in answer["services"]:
            service["enableExecuteCommand"] = True
        return answer

    def list_tasks(self, **_: Any) -> Any:
        return {"taskArns": [one["taskArn"] for one in self._tasks]}

    def describe_tasks(self, **_: Any) -> Any:
        return {"tasks": list(self._tasks)}

    def execute_command(self, **request: Any) -> Any:
        self.asked.append(request)
        if self.refusal:
            raise self.refusal
        self._plugin.will_run(request["command"])
        return {
            "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/cluster",
            "taskArn": request["task"],
            "session": {"sessionId": "s-1", "streamUrl": "wss://session", "tokenValue": "secret"},
        }


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    return install(tmp_path / "bin", monkeypatch, version="1.2.700.0")


@pytest.fixture
def ecs(shop: None, plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> Ecs:
    """An application with an older and a newer web task."""
    made = Ecs(plugin, task("newest", minute=5), task("older"))
    monkeypatch.setattr(EcsApplication, "ecs", made)
    return made


def use(monkeypatch: pytest.MonkeyPatch, plugin: Plugin, *tasks: Mapping[str, Any]) -> None:
    monkeypatch.setattr(EcsApplication, "ecs", Ecs(plugin, *tasks))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    """Calls the command line; what the attached program shows goes past Python."""

    def call(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        return (main(words), *capfd.readouterr())

    return call


def test_the_commands_exit_code_comes_through(ecs: Ecs, run: Any) -> None:
    code, _, _ = run("exec", "--", "sh", "-c", "exit 4")

    assert code == 4


def test_the_commands_output_comes_through(ecs: Ecs, run: Any) -> None:
    _, out, _ = run("exec", "--", "printf", "%s", "it's me")

    assert out == "it's me"


def test_the_newest_running_task_is_entered(ecs: Ecs, run: Any) -> None:
    run("exec", "--", "true")

    assert ecs.asked[0]["task"] == TASK


def test_the_container_is_that_of_the_process(ecs: Ecs, run: Any) -> None:
    run("exec", "--process", "celery", "--", "true")

    assert ecs.asked[0]["container"] == "worker"


def test_without_a_command_it_is_a_shell(ecs: Ecs, run: Any) -> None:
    ecs.refusal = ClientError({"Error": {"Code": "AccessDeniedException"}}, "ExecuteCommand")

    run("exec")

    assert "; sh; " in ecs.asked[0]["command"]


def test_shell_is_djangos(ecs: Ecs, run: Any) -> None:
    run("shell")

    assert "; python manage.py shell; " in ecs.asked[0]["command"]


def test_manage_enters_the_web_task_when_told_to(ecs: Ecs, run: Any) -> None:
    run("manage", "--interactive", "--", "my_wizard")

    assert "python manage.py my_wizard;" in ecs.asked[0]["command"]


def test_the_plugin_gets_the_session_out_of_sight(ecs: Ecs, run: Any, plugin: Plugin) -> None:
    run("exec", "--", "true")

    assert plugin.call["argv"][0] == "AWS_SSM_START_SESSION_RESPONSE"
    assert json.loads(plugin.call["variable"]) == {
        "sessionId": "s-1",
        "streamUrl": "wss://session",
        "tokenValue": "secret",
    }


def test_an_old_plugin_gets_the_session_as_it_can_read_it(
    ecs: Ecs, run: Any, plugin: Plugin
) -> None:
    (plugin.folder / "version").write_text("1.2.497.0")

    run("exec", "--", "true")

    assert json.loads(plugin.call["argv"][0])["sessionId"] == "s-1"


def test_the_plugin_is_told_region_and_target(ecs: Ecs, run: Any, plugin: Plugin) -> None:
    run("exec", "--", "true")

    _, region, action, profile, target, endpoint = plugin.call["argv"]
    assert (region, action, profile) == (REGION, "StartSession", "")
    assert json.loads(target) == {"Target": "ecs:cluster_newest_newest-runtime"}
    assert endpoint == "https://ecs.eu-west-1.amazonaws.com"


def test_a_missing_plugin_says_how_to_install_it(
    shop: None, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    outcome = cli("exec", "--", "ls")

    assert outcome.code == 125
    assert "session-manager-plugin is not on the PATH: install it (" in outcome.err
    assert "https://docs.aws.amazon.com/systems-manager/" in outcome.err


def test_exec_that_is_off_says_how_to_switch_it_on(cloud: None, plugin: Plugin, cli: Cli) -> None:
    deploy(synthesize().template.body)

    outcome = cli("exec", "--", "ls")

    assert "ECS Exec is off for web: give DjangoEcs(use_ecs_exec=True) and deploy" in outcome.err


def test_without_a_running_task_it_leads_to_the_status(
    shop: None, plugin: Plugin, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, plugin)

    assert "No task of web runs: django-cdk status shows why." in cli("exec", "--", "ls").err


def test_tasks_from_before_exec_have_to_be_replaced(
    shop: None, plugin: Plugin, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, plugin, task("old", open_=False))

    err = cli("exec", "--", "ls").err

    assert "started before ECS Exec was switched on" in err
    assert "--force-new-deployment" in err


def test_an_agent_that_does_not_answer_is_told_with_its_reason(
    shop: None, plugin: Plugin, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, plugin, task("newest", agent="STOPPED"))

    err = cli("exec", "--", "ls").err

    assert "is STOPPED (no route)" in err
    assert "ssmmessages" in err


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ExecuteCommand")


def test_a_missing_permission_is_named(ecs: Ecs, cli: Cli) -> None:
    message = "User: ann is not authorized to perform: ecs:ExecuteCommand on resource: task"
    ecs.refusal = refused("AccessDeniedException", message)

    outcome = cli("exec", "--", "ls")

    assert outcome.code == 125
    assert f"AWS refused ExecuteCommand: {message}. Ask for this permission" in outcome.err


def test_a_task_that_is_not_connected_says_what_it_must_reach(ecs: Ecs, cli: Cli) -> None:
    ecs.refusal = refused("TargetNotConnectedException", "The agent isn't running.")

    assert "its subnets must reach ssmmessages" in cli("exec", "--", "ls").err


def test_an_unknown_process_names_the_known(ecs: Ecs, cli: Cli) -> None:
    err = cli("exec", "--process", "mail", "--", "ls").err

    assert "no one process 'mail': web, worker:celery, beat" in err


def test_what_does_not_run_all_the_time_can_not_be_entered(ecs: Ecs, cli: Cli) -> None:
    err = cli("exec", "--process", "release", "--", "ls").err

    assert "release is no running process of Blog: web, worker:celery, beat." in err


def test_a_session_that_breaks_off_is_no_success(
    ecs: Ecs, run: Any, plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(plugin), "will_run", lambda *_: None)

    code, _, err = run("exec", "--", "true")

    assert code == 125
    assert "The session ended before its command did" in err


class Ssm:
    """Systems Manager, whose sessions are kept."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.meta = SimpleNamespace(endpoint_url="https://ssm.eu-west-1.amazonaws.com")

    def start_session(self, **request: Any) -> Any:
        self.asked.append(request)
        return {"SessionId": "s-2", "TokenValue": "secret", "StreamUrl": "wss://session"}


@pytest.fixture
def on_ec2(cloud: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ssm:
    """A deployed DockerEc2."""
    stack = new_stack()
    DockerEc2(stack, "Blog", image_directory=image_directory(tmp_path))
    deploy_outputs(Template.of_stack(stack).body)
    ssm = Ssm()
    monkeypatch.setattr(Ec2Application, "ssm", ssm)
    return ssm


def test_on_ec2_a_command_runs_in_the_container_of_the_service(
    on_ec2: Ssm, plugin: Plugin, run: Any
) -> None:
    run("exec", "--process", "worker", "--", "ls")

    (request,) = on_ec2.asked
    assert request["Target"].startswith("none-blogmachineinstance")
    assert request["DocumentName"] == "AWS-StartInteractiveCommand"
    assert "com.docker.swarm.service.name=django_worker" in request["Parameters"]["command"][0]


@pytest.mark.parametrize("verb", ["status", "logs"])
def test_on_ec2_what_only_the_machine_knows_is_told_with_the_way_there(
    verb: str, on_ec2: Ssm, cli: Cli
) -> None:
    err = cli(verb).err

    assert "open a shell there (aws ssm start-session --region eu-west-1 --target none-blog" in err
    assert "then: sudo docker" in err


def test_on_ec2_the_exit_code_comes_through_docker(
    on_ec2: Ssm, plugin: Plugin, run: Any, tmp_path: Path
) -> None:
    docker = tmp_path / "bin" / "sudo"
    docker.write_text('#!/bin/sh\n[ "$2" = ps ] && exit\nshift 4\nexec "$@"\n')
    docker.chmod(0o755)
    plugin.will_run(shlex.join(["sh", "-c", docker_exec("web", ["sh", "-c", "exit 6"])]))

    code, _, _ = run("exec", "--", "sh", "-c", "exit 6")

    assert code == 6
