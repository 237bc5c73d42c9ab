"""The sample application in a stack, and what is there of it once it is deployed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import requests

from django_cdk import DjangoEcs
from tests.deploy.lives import Outputs
from tests.emulator.server import Emulator
from tests.routing.local.sample import BACKEND, sample_python

_QUERY = """
import json, os, sys, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    cursor = connection.execute(sys.argv[1])
    print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))
"""


def microblog(stack: cdk.Stack, *, backend: Path = BACKEND, **options: Any) -> DjangoEcs:
    """The sample application as integ/django_ecs.py has it, with these further options."""
    image = {} if "image" in options else {"image_directory": str(backend)}
    given = {
        **image,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "web_command": ["./scripts/start_prod.sh"],
        "django_settings_module": "backend.settings.aws",
        **options,
    }
    return DjangoEcs(stack, "MicroBlog", **given)


def changed_backend(folder: Path, files: Mapping[str, str]) -> Path:
    """A copy of the sample's backend with other files beside its own: another image."""
    left_out = shutil.ignore_patterns("__pycache__", "tests", "media", "db.sqlite3", ".*_cache")
    copy = Path(shutil.copytree(BACKEND, folder, ignore=left_out))
    for name, content in files.items():
        (copy / name).write_text(content)
    return copy


def wait_for(ready: Callable[[], bool], what: str, *, seconds: float = 120) -> None:
    """Returns when it is so; a busy machine takes its time."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


@dataclass(frozen=True)
class MicroBlog:
    """A deployed application, seen through AWS's APIs."""

    emulator: Emulator
    outputs: Outputs

    @cached_property
    def ecs(self) -> Any:
        return self.emulator.client("ecs")

    @property
    def cluster(self) -> str:
        return self.outputs["ClusterName"]

    def resource(self, type_name: str) -> str:
        """The physical id of the stack's only resource of a type."""
        # CloudFormation names a cluster after its stack and its own logical id.
        stack = self.cluster.partition("-MicroBlogCluster")[0]
        cloudformation = self.emulator.client("cloudformation")
        answer = cloudformation.describe_stack_resources(StackName=stack)
        (found,) = [
            one["PhysicalResourceId"]
            for one in answer["StackResources"]
            if one["ResourceType"] == type_name
        ]
        return str(found)

    @property
    def balancer(self) -> dict[str, Any]:
        """Its load balancer."""
        arn = self.resource("AWS::ElasticLoadBalancingV2::LoadBalancer")
        answer = self.emulator.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])
        found: dict[str, Any] = answer["LoadBalancers"][0]
        return found

    @property
    def database(self) -> dict[str, Any]:
        """Its database."""
        name = self.resource("AWS::RDS::DBInstance")
        answer = self.emulator.client("rds").describe_db_instances(DBInstanceIdentifier=name)
        found: dict[str, Any] = answer["DBInstances"][0]
        return found

    def service(self, process: str) -> dict[str, Any]:
        """The service of a process: web, celery, beat."""
        name = self.outputs[f"Service{process}"]
        answer = self.ecs.describe_services(cluster=self.cluster, services=[name])
        found: dict[str, Any] = answer["services"][0]
        return found

    def definition(self, process: str) -> dict[str, Any]:
        """The task definition that a process's service runs."""
        arn = self.service(process)["taskDefinition"]
        answer = self.ecs.describe_task_definition(taskDefinition=arn)
        found: dict[str, Any] = answer["taskDefinition"]
        return found

    def container(self, process: str) -> dict[str, Any]:
        """The only container of a process's task definition."""
        (found,) = self.definition(process)["containerDefinitions"]
        container: dict[str, Any] = found
        return container

    def environment(self, process: str = "web") -> dict[str, str]:
        """Its plain variables."""
        return {one["name"]: one["value"] for one in self.container(process)["environment"]}

    def secrets(self, process: str = "web") -> dict[str, str]:
        """Its secret variables with their values."""
        found = self.container(process)["secrets"]
        return {one["name"]: self.secret(one["valueFrom"]) for one in found}

    def secret(self, value_from: str) -> str:
        """The value behind `valueFrom` of a container's secret: an ARN, and a JSON key after it."""
        *arn, key = (value_from + ":").split(":")[:8]
        client = self.emulator.client("secretsmanager")
        text: str = client.get_secret_value(SecretId=":".join(arn))["SecretString"]
        return str(json.loads(text)[key]) if key else text

    def tasks(self, process: str, status: str = "RUNNING") -> list[dict[str, Any]]:
        """The tasks of a service that run or have stopped, oldest first."""
        arns = self.ecs.list_tasks(
            cluster=self.cluster,
            serviceName=self.outputs[f"Service{process}"],
            desiredStatus=status,
        )["taskArns"]
        found = []

        def have_got_there() -> bool:
            found[:] = self._described(arns)
            return all(task["lastStatus"] == status for task in found)

        wait_for(have_got_there, f"tasks of {process} are {status}")
        return found

    def release_tasks(self) -> list[dict[str, Any]]:
        """All tasks that ran a release command, oldest first."""
        arns = self.ecs.list_tasks(cluster=self.cluster, desiredStatus="STOPPED")["taskArns"]
        every = self._described(arns)
        return [one for one in every if one.get("startedBy", "").startswith("release-")]

    def log(self, task: Mapping[str, Any]) -> str:
        """What the one container of a task printed."""
        answer = self.ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
        (container,) = answer["taskDefinition"]["containerDefinitions"]
        options = container["logConfiguration"]["options"]
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}"
        events = self.emulator.client("logs").get_log_events(
            logGroupName=options["awslogs-group"],
            logStreamName=f"{stream}/{task['taskArn'].rsplit('/', 1)[-1]}",
            startFromHead=True,
        )["events"]
        return "\n".join(event["message"] for event in events)

    def run(self, *command: str, process: str = "web") -> tuple[int, str]:
        """Runs a command as a task of its own; its exit code and what it printed."""
        service = self.service(process)
        container = self.container(process)["name"]
        task = self.ecs.run_task(
            cluster=self.cluster,
            taskDefinition=service["taskDefinition"],
            launchType="FARGATE",
            networkConfiguration=service["networkConfiguration"],
            overrides={"containerOverrides": [{"name": container, "command": list(command)}]},
        )["tasks"][0]

        def has_stopped() -> bool:
            return bool(self._described([task["taskArn"]])[0]["lastStatus"] == "STOPPED")

        wait_for(has_stopped, f"{command} ends")
        (task,) = self._described([task["taskArn"]])
        # Not from CloudWatch, where the last lines may be missing yet.
        (log,) = self.emulator.folder.logs.glob(f"task-{task['taskArn'].rsplit('/', 1)[-1]}-*")
        return task["containers"][0]["exitCode"], log.read_text().strip()

    def get(self, path: str, **options: Any) -> requests.Response:
        """Asks the application through the listener of its load balancer."""
        host = self.outputs["Url"].removeprefix("http://")
        return requests.get(
            self.emulator.endpoint + path, headers={"Host": host}, timeout=30, **options
        )

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[int]]:
        """The status codes of the application's answers meanwhile, asked four times a second."""
        answers: list[int] = []
        ended = threading.Event()

        def ask() -> None:
            while not ended.wait(0.25):
                answers.append(self.get("/api/posts/").status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            yield answers
        finally:
            ended.set()
            asking.join()

    def sql(self, statement: str) -> list[list[Any]]:
        """Runs a statement as the application's own user; its rows."""
        done = subprocess.run(
            [sample_python(), "-c", _QUERY, statement],
            env={"PATH": os.environ["PATH"], "DATABASE_URL": self.secrets()["DATABASE_URL"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        rows: list[list[Any]] = json.loads(done.stdout)
        return rows

    def _described(self, arns: list[str]) -> list[dict[str, Any]]:
        if not arns:
            return []
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
        return sorted(tasks, key=lambda task: task["createdAt"])
