"""What the user is told about a task that stopped badly."""

from __future__ import annotations

import pytest

from django_cdk.handlers.release.faults import ReleaseError


def failure(deployment) -> str:
    with pytest.raises(ReleaseError) as caught:
        deployment.poll()
    return str(caught.value)


def test_a_non_zero_exit_names_command_exit_code_log_and_last_lines(aws, deployment):
    aws.log("Applying blog.0002_title...", "Traceback (most recent call last):", "  ...")
    aws.log("django.db.utils.ProgrammingError: column blog_post.title does not exist")
    aws.ecs.end(1, stoppedReason="Essential container in task exited")
    assert failure(deployment) == (
        "Release command 'migrate' (python manage.py migrate --no-input) ended with exit code 1:"
        " EssentialContainerExited; Essential container in task exited.\n"
        f"Task log: /blog/release release/web/{0:032x}\n"
        "Applying blog.0002_title...\n"
        "Traceback (most recent call last):\n"
        "  ...\n"
        "django.db.utils.ProgrammingError: column blog_post.title does not exist"
    )


def test_out_of_memory_says_to_give_more(aws, deployment):
    aws.ecs.end(137, reason="OutOfMemoryError: Container killed due to memory usage")
    message = failure(deployment)
    assert "exit code 137" in message
    assert "Container killed due to memory usage" in message
    assert "Give the release task more memory." in message


def test_exit_code_137_without_a_reason_is_most_likely_memory(aws, deployment):
    aws.ecs.end(137)
    assert "most often for lack of memory" in failure(deployment)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        (
            (
                "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed"
                " to resolve ref 123456789012.dkr.ecr.eu-central-1.amazonaws.com/blog:2: not found"
            ),
            "Check that the image exists",
        ),
        (
            (
                "CannotPullContainerError: image Manifest does not contain descriptor matching"
                " platform 'linux/arm64'"
            ),
            "Build the image for the CPU architecture",
        ),
        (
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution"
                " resource retrieval failed: unable to retrieve secret from asm:"
                " AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue"
                " on resource: arn:aws:secretsmanager:eu-central-1:123456789012:secret:blog-1a2b3c"
            ),
            "the execution role may read and decrypt it",
        ),
        (
            (
                "ResourceInitializationError: failed to validate logger args: The specified log"
                " group does not exist"
            ),
            "Check that the log group exists",
        ),
        (
            'CannotStartContainerError: exec: "python": executable file not found in $PATH',
            "the command's first word as an executable file",
        ),
        (
            "ResourceInitializationError: failed to configure the network",
            "Check that the subnets have free addresses",
        ),
    ],
)
def test_a_task_that_could_not_start_gives_the_reason_and_a_remedy(aws, deployment, reason, remedy):
    aws.ecs.end(None, stoppedReason=reason)
    message = failure(deployment)
    assert f"could not start: TaskFailedToStart; {reason}." in message
    assert remedy in message
    assert "no log lines: logs:GetLogEvents: ResourceNotFoundException" in message
    assert aws.runs == 1, "it would fail again in the same way"


@pytest.mark.parametrize(("code", "word"), [(126, "not executable"), (127, "not found")])
def test_the_shells_own_exit_codes_are_explained(aws, deployment, code, word):
    aws.ecs.end(code)
    assert word in failure(deployment)


def test_a_sidecar_that_ended_first_is_named(aws, deployment):
    aws.ecs.run()
    containers = [{"name": "web"}, {"name": "proxy", "exitCode": 2, "reason": "bad config"}]
    aws.ecs.end(None, stopCode="EssentialContainerExited", containers=containers)
    message = failure(deployment)
    assert "stopped without an exit code" in message
    assert "container 'proxy' ended with exit code 2; bad config" in message


def test_a_sidecars_failure_does_not_spoil_the_commands_success(aws, deployment):
    containers = [{"name": "proxy", "exitCode": 143}, {"name": "web", "exitCode": 0}]
    aws.ecs.end(0, containers=containers)
    assert deployment.poll()["Outcome"] == "ran"


def test_a_missing_container_is_no_success(aws, deployment):
    aws.ecs.run()
    aws.ecs.end(None, containers=[{"name": "proxy", "exitCode": 0}])
    assert "stopped without an exit code" in failure(deployment)


@pytest.mark.parametrize("code", ["SpotInterruption", "TerminationNotice", "InfrastructureHealth"])
def test_a_command_that_aws_interrupted_is_not_run_again_by_itself(aws, deployment, code):
    aws.ecs.end(143, stopCode=code)
    assert "AWS took the machine away" in failure(deployment)
    assert aws.runs == 1


def test_a_task_that_somebody_stopped_fails(aws, deployment):
    aws.ecs.run()
    aws.ecs.end(143, stopCode="UserInitiated", stoppedReason="stopped by alice")
    assert "UserInitiated; stopped by alice" in failure(deployment)


def test_a_long_reason_leaves_room_for_the_log(aws, deployment):
    aws.log("the last line")
    aws.ecs.end(1, stoppedReason="reason " * 3000)
    message = failure(deployment)
    assert " [...] " in message
    assert message.endswith("\nthe last line")


# --- starts that failed on AWS's side before the command began ---

INTERFACE = "Timeout waiting for network interface provisioning to complete."


@pytest.mark.parametrize(
    "stopped",
    [
        {"stoppedReason": INTERFACE},
        {"stoppedReason": "Timeout waiting for EphemeralStorage provisioning to complete."},
        {"stoppedReason": "Capacity is unavailable at this time."},
        {"stopCode": "InfrastructureHealth", "stoppedReason": "host lost"},
    ],
)
def test_a_start_that_aws_failed_is_tried_again(aws, deployment, stopped):
    aws.ecs.end(None, **stopped)
    assert deployment.poll_for(60) is None
    assert aws.runs == 2
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"


def test_a_start_that_aws_keeps_failing_is_given_up_after_three(aws, deployment):
    for _ in range(2):
        aws.ecs.end(None, stoppedReason=INTERFACE)
        assert deployment.poll_for(60) is None
    aws.ecs.end(None, stoppedReason=INTERFACE)
    assert f"could not start: TaskFailedToStart; {INTERFACE}" in failure(deployment)
    assert aws.runs == 3


def test_lack_of_room_is_waited_out_however_often_it_stops_a_task(aws, deployment):
    for _ in range(6):
        aws.ecs.end(None, stoppedReason="Capacity is unavailable at this time.")
        assert deployment.poll_for(60) is None
    aws.ecs.end(0)
    assert deployment.poll()["Outcome"] == "ran"


def test_a_command_that_began_is_never_run_again(aws, deployment):
    aws.ecs.run()
    aws.ecs.end(None, stoppedReason=INTERFACE)
    failure(deployment)
    assert aws.runs == 1
