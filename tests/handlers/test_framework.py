"""The handler behind the CDK's real provider framework, run with Node from the installed package.

It is the framework that writes the answer to CloudFormation, and only it knows what it adds.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from django_cdk.handlers.release.faults import ReleaseError
from django_cdk.handlers.release.response import LIMIT, STACK_TRACE
from tests.handlers.fakes import Deployment

RUNTIME = "package/custom-resources/lib/provider-framework/runtime/"
LONGEST_NAME = "n" * 64

Framework = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The framework's JavaScript, taken out of the installed aws-cdk-lib."""
    directory = tmp_path_factory.mktemp("runtime")
    wanted = {"framework.js", "cfn-response.js", "consts.js", "outbound.js", "util.js"}
    spec = importlib.util.find_spec("aws_cdk")  # found, not imported: that would start jsii
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (archive,) = Path(spec.submodule_search_locations[0], "_jsii").glob("aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(archive, "r|gz") as package:
        for member in package:
            if member.name.startswith(RUNTIME) and Path(member.name).name in wanted:
                content = package.extractfile(member)
                assert content is not None
                (directory / Path(member.name).name).write_bytes(content.read())
                wanted.remove(Path(member.name).name)
            if not wanted:
                return directory
    raise AssertionError(f"aws-cdk-lib holds no {wanted}")


@pytest.fixture
def framework(runtime: Path) -> Framework:
    def call(handler: str, event: dict[str, Any], **answer: Any) -> dict[str, Any]:
        given = {
            "runtime": str(runtime),
            "handler": handler,
            "event": event,
            "functionArn": f"arn:aws:lambda:eu-central-1:123456789012:function:{LONGEST_NAME}",
        }
        done = subprocess.run(
            [os.environ["JSII_NODE"], str(Path(__file__).with_name("framework.js"))],
            input=json.dumps(given | answer),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return call


def lambda_error(error: BaseException) -> dict[str, Any]:
    """What Lambda's Python runtime makes of an exception."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": ['  File "/var/task/release/index.py", line 1, in is_complete\n'] * 9,
    }


LOGS = {
    "short": ["one line"],
    "long": [f"line {n}: {'x' * 60}" for n in range(1000)],
    "one endless line": ["x" * 200_000],
    "many quotes": ['{"level": "ERROR", "path": "C:\\\\x"}' * 3] * 200,
    "unicode": ["Füße 日本語 🎉 " * 10] * 200,
    "empty lines": ["", " "] * 200,
}


@pytest.mark.parametrize("log", LOGS)
def test_a_failure_reaches_cloudformation_within_its_limit(aws, event, framework, log):
    names = {"LogicalResourceId": "L" * 255, "StackId": event()["StackId"] + "s" * 128}
    deployment = Deployment(aws, event() | names)
    deployment.begin()
    aws.log(*LOGS[log], "django.db.utils.OperationalError: the very last line")
    aws.ecs.end(1, reason="reason " * 500, stoppedReason="Essential container in task exited")
    with pytest.raises(ReleaseError) as caught:
        deployment.poll()
    sent = framework("isComplete", deployment.event, error=lambda_error(caught.value))["body"]
    assert len(sent.encode()) <= LIMIT
    answer = json.loads(sent)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Error: Release command 'migrate' (python manage.py migrate")
    assert "django.db.utils.OperationalError: the very last line" in answer["Reason"]


def test_a_long_log_fills_the_room_that_there_is(aws, deployment, framework):
    aws.log(*LOGS["long"])
    aws.ecs.end(1)
    with pytest.raises(ReleaseError) as caught:
        deployment.poll()
    sent = framework("isComplete", deployment.event, error=lambda_error(caught.value))["body"]
    assert LIMIT - STACK_TRACE - 200 <= len(sent.encode()) <= LIMIT


def test_the_frameworks_stack_trace_fits_into_what_is_kept_free_for_it(
    deployment, framework, runtime
):
    answer = framework("isComplete", deployment.event, error=lambda_error(ReleaseError("failed")))
    message = f"Error: failed\n\nLogs: /aws/lambda/{LONGEST_NAME}\n"
    reason = json.loads(answer["body"])["Reason"]
    assert reason.startswith(message)
    # In Lambda the framework lies in /var/task.
    trace = reason.removeprefix(message).replace(str(runtime.resolve()), "/var/task")
    frames = trace.strip("\n").split("\n")
    assert 1 <= len(frames) <= 10
    assert max(map(len, frames)) < STACK_TRACE / 10


def test_a_failure_of_on_event_reaches_cloudformation_within_its_limit(aws, event, framework):
    made = event(Command=["x" * 9000, 7])
    with pytest.raises(ReleaseError) as caught:
        Deployment(aws, made).begin()
    sent = framework("onEvent", made, error=lambda_error(caught.value))["body"]
    assert len(sent.encode()) <= LIMIT
    assert "Property Command of the release command is" in json.loads(sent)["Reason"]


def test_the_framework_hands_each_poll_what_begin_returned(aws, event, framework):
    made = event()
    deployment = Deployment(aws, made)
    result = deployment.begin()
    polled = framework("onEvent", made, result=result)["waiterInput"]
    assert polled == deployment.event


def test_the_framework_polls_again_until_the_command_is_complete(deployment, framework):
    assert framework("isComplete", deployment.event, result={"IsComplete": False}) == {
        "retry": "Retry"
    }


def test_success_reaches_cloudformation_with_the_task_and_its_log(aws, deployment, framework):
    aws.ecs.end(0)
    data = deployment.poll()
    result = {"IsComplete": True, "Data": data}
    answer = json.loads(framework("isComplete", deployment.event, result=result)["body"])
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"] == data
    assert answer["PhysicalResourceId"] == deployment.event["PhysicalResourceId"]
