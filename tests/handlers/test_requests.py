"""What Create, Update, Delete and a rollback do."""

from __future__ import annotations

import pytest

from django_cdk.handlers.release.faults import ReleaseError
from tests.handlers.fakes import CLUSTER, DEFINITION, Deployment, client_error

DENIED = client_error(
    "DescribeStacks", "AccessDenied", "not authorized to perform cloudformation:DescribeStacks", 403
)


def test_create_runs_the_command_and_succeeds_with_its_exit_code(aws, deployment):
    assert deployment.poll() is None
    aws.ecs.end(0)
    assert deployment.poll() == {
        "Outcome": "ran",
        "TaskArn": aws.ecs.task["taskArn"],
        "LogStream": f"release/web/{0:032x}",
    }


def test_the_task_is_started_as_the_properties_say(aws, deployment):
    (request,) = aws.ecs.named("RunTask")
    key = request["startedBy"]
    assert len(key) <= 36
    assert request == {
        "cluster": CLUSTER,
        "taskDefinition": DEFINITION,
        "launchType": "FARGATE",
        "count": 1,
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "DISABLED",
            }
        },
        "overrides": {
            "containerOverrides": [
                {"name": "web", "command": ["python", "manage.py", "migrate", "--no-input"]}
            ]
        },
        "startedBy": key,
        "clientToken": f"{key}-0",
        "propagateTags": "TASK_DEFINITION",
        "enableExecuteCommand": False,
    }


def test_update_with_another_trigger_runs_the_command(aws, event):
    Deployment(aws, event("Update")).begin()
    assert aws.runs == 1


def test_update_with_the_same_trigger_runs_nothing(aws, event, properties):
    deployment = Deployment(aws, event("Update", old=properties | {"TimeoutSeconds": "60"}))
    deployment.begin()
    assert deployment.poll()["Outcome"] == "skipped: image, command and environment are unchanged"
    assert aws.runs == 0


def test_update_from_a_version_without_trigger_runs_the_command(aws, event):
    Deployment(aws, event("Update", old={"Trigger": None})).begin()
    assert aws.runs == 1


def test_delete_does_nothing_and_asks_aws_nothing(aws, event):
    deployment = Deployment(aws, event("Delete"))
    deployment.begin()
    assert deployment.poll()["Outcome"] == "skipped: nothing is run on delete"
    assert [*aws.ecs.calls, *aws.logs.calls, *aws.cloudformation.calls] == []


def test_delete_succeeds_with_properties_that_no_other_request_would_take(aws, event):
    broken = event("Delete")
    broken["ResourceProperties"] = {"ServiceToken": "x"}
    deployment = Deployment(aws, broken)
    deployment.begin()
    assert deployment.poll() is not None


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_the_physical_id_never_changes(aws, event, kind):
    answer = Deployment(aws, event(kind)).begin()
    assert answer["PhysicalResourceId"] == "release-of-the-first-deployment"


def test_the_physical_id_of_a_create_is_the_same_for_each_delivery(aws, event):
    first = Deployment(aws, event()).begin()["PhysicalResourceId"]
    assert Deployment(aws, event()).begin()["PhysicalResourceId"] == first


def test_malformed_properties_fail_with_the_property_and_a_remedy(aws, event):
    with pytest.raises(ReleaseError, match=r"^Property Subnets of the release command is \[\]"):
        Deployment(aws, event(Subnets=[])).begin()
    assert aws.runs == 0


def test_a_message_holds_no_half_character_that_cloudformation_could_not_read(aws, event):
    deployment = Deployment(aws, event(Command=["echo", "half \ud83d pair"]))
    deployment.begin()
    aws.ecs.end(1)
    with pytest.raises(ReleaseError, match=r"half \? pair"):
        deployment.poll()


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "IMPORT_ROLLBACK_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
    ],
)
def test_nothing_is_run_while_the_stack_is_taken_back(aws, event, status):
    aws.cloudformation.status = status
    deployment = Deployment(aws, event("Update"))
    deployment.begin()
    assert deployment.poll()["Outcome"].startswith("skipped: the stack is rolling back")
    assert aws.runs == 0


def test_a_rollback_succeeds_even_with_malformed_properties(aws, event):
    aws.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    deployment = Deployment(aws, event("Update", Command="migrate"))
    deployment.begin()
    assert deployment.poll() is not None


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"])
def test_a_rollback_that_is_over_stops_nothing(aws, event, status):
    aws.cloudformation.status = status
    Deployment(aws, event("Update")).begin()
    assert aws.runs == 1


def test_the_status_asked_for_is_that_of_the_requests_own_stack(aws, event):
    made = event("Update")
    Deployment(aws, made).begin()
    assert aws.cloudformation.named("DescribeStacks") == [{"StackName": made["StackId"]}]


def test_a_rollback_that_begins_while_there_is_no_capacity_starts_nothing(aws, event):
    aws.ecs.queue("RunTask", {"tasks": [], "failures": [{"reason": "RESOURCE:CPU"}]})
    deployment = Deployment(aws, event("Update"))
    deployment.begin()
    aws.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert deployment.poll_for(120)["Outcome"].startswith("skipped: the stack is rolling back")
    assert aws.runs == 0


def test_a_throttled_status_is_asked_again_before_anything_runs(aws, event):
    aws.cloudformation.queue("DescribeStacks", client_error("DescribeStacks", "Throttling"))
    aws.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    deployment = Deployment(aws, event("Update"))
    deployment.begin()
    assert deployment.poll_for(60)["Outcome"].startswith("skipped: the stack is rolling back")
    assert aws.runs == 0


def test_create_without_permission_to_read_the_status_fails_and_says_which(aws, event):
    aws.cloudformation.always("DescribeStacks", DENIED)
    with pytest.raises(ReleaseError, match="cloudformation:DescribeStacks: AccessDenied"):
        Deployment(aws, event()).begin()
    assert aws.runs == 0


def test_update_without_permission_to_read_the_status_runs_the_command(aws, event, caplog):
    aws.cloudformation.always("DescribeStacks", DENIED)
    deployment = Deployment(aws, event("Update"))
    deployment.begin()
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"
    assert "status is unknown" in caplog.text
