"""Ctrl-C, pressed on a real process that asks a real (moto) server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import boto3
import pytest
from moto.moto_api import state_manager
from moto.server import ThreadedMotoServer

from tests.cli.deployed import REGION, deploy
from tests.stacks import Template


@pytest.fixture
def endpoint(account: None, blog: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on which the stack Shop stands, and tasks run until they are stopped."""
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 10_000})
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    deploy(blog.body)
    yield url
    boto3.client("cloudformation", region_name=REGION).delete_stack(StackName="Shop")
    server.stop()
    state_manager.unset_transition("ecs::task")


def test_ctrl_c_stops_the_task_and_ends_with_130(endpoint: str) -> None:
    manage = subprocess.Popen(
        [sys.executable, "-m", "django_cdk.cli", "manage", "--", "migrate"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    watchdog = threading.Timer(60, manage.kill)
    watchdog.start()
    ecs = boto3.client("ecs", region_name=REGION)
    (cluster,) = ecs.list_clusters()["clusterArns"]
    while manage.poll() is None and not ecs.list_tasks(cluster=cluster)["taskArns"]:
        time.sleep(0.1)

    os.killpg(manage.pid, signal.SIGINT)
    _, err = manage.communicate()
    watchdog.cancel()

    (task,) = ecs.describe_tasks(
        cluster=cluster, tasks=ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    )["tasks"]
    assert manage.returncode == 130, err
    assert task["stoppedReason"] == "Interrupted in django-cdk manage"
    assert "was stopped." in err
    assert "Traceback" not in err
