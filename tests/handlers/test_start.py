"""Starting the task: at most once, and again as long as AWS has no room."""

from __future__ import annotations

import copy
import itertools

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from django_cdk.handlers.release.faults import ReleaseError
from tests.handlers.fakes import Deployment, client_error

NO_ROOM = {
    "tasks": [],
    "failures": [
        {
            "reason": "Capacity is unavailable at this time. Please try again later or in a"
            " different availability zone"
        }
    ],
}


def tokens(aws):
    return [request["clientToken"] for request in aws.ecs.named("RunTask")]


# --- duplicate delivery ---


def test_a_request_delivered_twice_starts_one_task(aws, event):
    first, second = Deployment(aws, event()), Deployment(aws, event())
    first.begin()
    second.begin()
    assert aws.runs == 1
    assert first.event["Release"]["TaskArn"] == second.event["Release"]["TaskArn"]


def test_a_duplicate_that_arrives_before_ecs_lists_the_task_starts_no_other(aws, event):
    aws.ecs.list_lag = 15
    Deployment(aws, event()).begin()
    Deployment(aws, event()).begin()
    assert tokens(aws)[0] == tokens(aws)[1]
    assert aws.runs == 1


def test_a_duplicate_that_arrives_after_the_end_reports_that_end(aws, event, deployment):
    aws.ecs.end(0)
    late = Deployment(aws, event())
    aws.clock.time += 300
    late.begin()
    assert late.poll()["TaskArn"] == deployment.event["Release"]["TaskArn"]
    assert aws.runs == 1


def test_polls_of_two_deliveries_both_see_the_one_end(aws, event):
    first, second = Deployment(aws, event()), Deployment(aws, event())
    first.begin()
    second.begin()
    aws.ecs.end(0)
    assert first.poll() == second.poll(after=0)
    assert aws.runs == 1


def test_two_waiting_deliveries_start_one_task_when_there_is_room(aws, event):
    aws.ecs.list_lag = 15
    aws.ecs.queue("RunTask", *[NO_ROOM] * 6)
    first, second = Deployment(aws, event()), Deployment(aws, event())
    first.begin()
    second.begin()
    for _ in range(20):
        first.poll(after=7)
        second.poll(after=1)
    assert aws.runs == 1


def test_another_request_for_the_same_resource_runs_again(aws, event, deployment):
    aws.ecs.end(0)
    Deployment(aws, event() | {"RequestId": "another"}).begin()
    assert aws.runs == 2


def test_two_commands_of_one_stack_have_keys_of_their_own(aws, event, deployment):
    Deployment(aws, event() | {"LogicalResourceId": "BlogCollectstatic"}).begin()
    assert aws.runs == 2


def test_a_request_delivered_again_after_its_task_ended_starts_none(aws, event):
    Deployment(aws, event()).begin()
    aws.ecs.end(0)
    Deployment(aws, event()).begin()
    assert aws.runs == 1


def test_the_task_is_found_among_hundreds_that_stopped_in_the_same_hour(aws, event):
    for _ in range(250):
        aws.ecs.tasks[aws.ecs.add("another")] |= {"desiredStatus": "STOPPED"}
    Deployment(aws, event()).begin()
    aws.ecs.end(0)
    ours = aws.ecs.task["taskArn"]
    again = Deployment(aws, event())
    again.begin()
    assert again.poll()["TaskArn"] == ours


def test_of_two_tasks_that_a_race_started_the_younger_is_stopped(aws, deployment):
    first = aws.ecs.task
    aws.clock.time += 3
    aws.ecs.add(first["startedBy"])
    assert deployment.poll() is None
    (stopped,) = aws.ecs.named("StopTask")
    assert stopped["task"] == aws.ecs.task["taskArn"] != first["taskArn"]


def test_the_older_of_two_tasks_decides_the_outcome(aws, deployment):
    older = aws.ecs.task["taskArn"]
    aws.clock.time += 3
    aws.ecs.add(aws.ecs.task["startedBy"])
    deployment.poll()
    aws.ecs.tasks[older].update(lastStatus="STOPPED", containers=[{"name": "web", "exitCode": 0}])
    assert deployment.poll()["TaskArn"] == older


def test_a_task_stopped_as_a_duplicate_does_not_count_when_the_older_never_ran(aws, deployment):
    older = aws.ecs.task
    aws.clock.time += 3
    aws.ecs.add(older["startedBy"])
    deployment.poll()
    reason = "Timeout waiting for network interface provisioning to complete."
    older.update(lastStatus="STOPPED", desiredStatus="STOPPED", stoppedReason=reason)
    assert deployment.poll_for(60) is None
    assert aws.runs == 3
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"


# --- no capacity ---


def test_without_capacity_the_request_waits(aws, event):
    aws.ecs.queue("RunTask", *[NO_ROOM] * 20)
    deployment = Deployment(aws, event())
    deployment.begin()
    assert deployment.poll_for(300) is None
    assert aws.runs == 0


def test_the_command_runs_as_soon_as_there_is_capacity(aws, event):
    aws.ecs.queue("RunTask", *[NO_ROOM] * 8)
    deployment = Deployment(aws, event())
    deployment.begin()
    deployment.poll_for(200)
    assert aws.runs == 1
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"


def test_a_retry_after_a_failed_start_uses_another_token(aws, event):
    aws.ecs.queue("RunTask", *[NO_ROOM] * 30)
    deployment = Deployment(aws, event())
    deployment.begin()
    deployment.poll_for(200)
    assert len(set(tokens(aws))) == 5, "the first, then one for each of four minutes"
    assert all(len(token) <= 64 for token in tokens(aws))


def test_starts_with_different_tokens_are_far_enough_apart_for_lists_to_catch_up(aws, event):
    starts = []
    original = aws.ecs.run_task

    def run_task(**request):
        starts.append((request["clientToken"], aws.clock.now()))
        return original(**request)

    aws.ecs.run_task = run_task
    aws.ecs.queue("RunTask", *[NO_ROOM] * 200)
    aws.clock.time += 33
    deployment = Deployment(aws, event())
    deployment.begin()
    for _ in range(120):
        deployment.poll(after=3)
    gaps = [
        later - earlier
        for (one, earlier), (other, later) in itertools.pairwise(starts)
        if one != other
    ]
    assert len(gaps) >= 5
    assert min(gaps) >= 20


def test_a_poll_does_not_start_a_second_task_while_lists_lag_behind_the_first(aws, event):
    aws.ecs.list_lag = 19
    aws.ecs.queue("RunTask", *[NO_ROOM] * 3)
    deployment = Deployment(aws, event())
    deployment.begin()
    for _ in range(40):
        deployment.poll(after=5)
    assert aws.runs == 1


@pytest.mark.parametrize(
    "reason",
    [
        "RESOURCE:MEMORY",
        "RESOURCE:ENI",
        "AGENT",
        "You have reached the limit on the number of vCPUs you can run concurrently",
    ],
)
def test_reasons_that_pass_by_themselves_are_waited_out(aws, event, reason):
    aws.ecs.queue("RunTask", {"tasks": [], "failures": [{"reason": reason}]})
    deployment = Deployment(aws, event())
    deployment.begin()
    deployment.poll_for(100)
    assert aws.runs == 1


@pytest.mark.parametrize("reason", ["MISSING", "INACTIVE", "ATTRIBUTE"])
def test_reasons_that_never_pass_fail_at_once(aws, event, reason):
    aws.ecs.queue("RunTask", {"failures": [{"reason": reason, "detail": "no such thing"}]})
    with pytest.raises(ReleaseError, match=f"could not be started: ecs:RunTask: {reason}: no such"):
        Deployment(aws, event()).begin()


# --- errors of the API ---

PASSING = [
    client_error("RunTask", "ThrottlingException", "Rate exceeded"),
    client_error("RunTask", "ServerException", "These errors are usually caused by a server issue"),
    client_error("RunTask", "ServiceUnavailable", "", 503),
    client_error("RunTask", "SomethingNew", "", 500),
    client_error("RunTask", "ClientException", "Capacity is unavailable at this time."),
    client_error("RunTask", "ConflictException", "The client token is already in use"),
    EndpointConnectionError(endpoint_url="https://ecs.eu-central-1.amazonaws.com"),
    ReadTimeoutError(endpoint_url="https://ecs.eu-central-1.amazonaws.com"),
]
FINAL = [
    (
        "AccessDeniedException",
        (
            "User: arn:aws:sts::123456789012:assumed-role/OnEvent/f is not authorized to perform:"
            " iam:PassRole on resource: arn:aws:iam::123456789012:role/TaskRole"
        ),
    ),
    ("InvalidParameterException", "subnet-1 does not exist"),
    ("ClusterNotFoundException", "Cluster not found."),
    ("ClientException", "TaskDefinition is inactive"),
    ("PlatformTaskDefinitionIncompatibilityException", "ARM64 is not supported"),
    ("BlockedException", "Your account is currently blocked."),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_a_passing_error_of_the_start_is_left_to_the_next_poll(aws, event, error):
    aws.ecs.queue("RunTask", error)
    deployment = Deployment(aws, event())
    deployment.begin()
    deployment.poll_for(100)
    assert aws.runs == 1


@pytest.mark.parametrize("operation", ["ListTasks", "DescribeTasks"])
@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_a_passing_error_of_a_poll_is_left_to_the_next(aws, deployment, operation, error):
    aws.ecs.end(0)
    aws.ecs.queue(operation, error)
    assert deployment.poll() is None
    assert deployment.poll()["Outcome"] == "ran"


@pytest.mark.parametrize(("code", "message"), FINAL)
def test_a_final_error_fails_at_once_in_aws_words(aws, event, code, message):
    aws.ecs.queue("RunTask", client_error("RunTask", code, message))
    with pytest.raises(ReleaseError, match=f"'migrate' could not be started: .*{code}: {message}"):
        Deployment(aws, event()).begin()


@pytest.mark.parametrize(("code", "message"), FINAL)
def test_a_final_error_of_a_later_start_fails_too(aws, event, code, message):
    aws.ecs.queue("RunTask", NO_ROOM, client_error("RunTask", code, message))
    deployment = Deployment(aws, event())
    deployment.begin()
    with pytest.raises(ReleaseError, match=f"could not be run: ecs:RunTask: {code}"):
        deployment.poll_for(100)


def test_an_encoded_authorization_message_is_cut_to_what_cloudformation_accepts(aws, event):
    denied = client_error("RunTask", "AccessDeniedException", "not authorized " + "x" * 9000)
    aws.ecs.queue("RunTask", denied)
    with pytest.raises(ReleaseError, match="not authorized") as caught:
        Deployment(aws, event()).begin()
    assert len(str(caught.value).encode()) < 3000


def test_a_begin_that_could_not_list_starts_nothing_yet(aws, event):
    aws.ecs.queue("ListTasks", client_error("ListTasks", "ThrottlingException"))
    deployment = Deployment(aws, event())
    deployment.begin()
    assert aws.runs == 0
    deployment.poll_for(60)
    assert aws.runs == 1


# --- a task that ECS does not know ---


def test_a_task_is_followed_by_its_arn_while_lists_do_not_show_it(aws, deployment):
    aws.ecs.list_lag = 10_000
    aws.ecs.end(0)
    assert deployment.poll(after=200)["Outcome"] == "ran"


def test_a_task_that_ecs_does_not_know_yet_is_waited_for(aws, deployment):
    task = copy.deepcopy(aws.ecs.tasks)
    aws.ecs.tasks.clear()
    assert deployment.poll_for(110) is None
    aws.ecs.tasks.update(task)
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"
    assert aws.runs == 1


def test_a_task_unknown_for_two_minutes_has_vanished_and_is_not_started_again(aws, deployment):
    arn = aws.ecs.task["taskArn"]
    aws.ecs.tasks.clear()
    with pytest.raises(ReleaseError, match=f"its task {arn} vanished from the cluster"):
        deployment.poll_for(130)
    assert aws.runs == 0
