"""A command that takes too long, or never starts."""

from __future__ import annotations

import pytest

from django_cdk.handlers.release.faults import ReleaseError
from tests.handlers.fakes import Deployment, client_error

NO_ROOM = {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time."}]}


def failure(deployment, *, after: float) -> str:
    with pytest.raises(ReleaseError) as caught:
        deployment.poll(after=after)
    return str(caught.value)


def test_a_command_within_its_time_is_left_alone(aws, deployment):
    aws.ecs.run()
    assert deployment.poll(after=1800) is None
    assert aws.ecs.named("StopTask") == []


def test_a_command_past_its_time_is_stopped_and_fails_with_its_last_lines(aws, deployment):
    aws.ecs.run()
    aws.log("waiting for lock on blog_post")
    message = failure(deployment, after=1801)
    assert "was still running after 1800 seconds and was stopped." in message
    assert message.endswith("\nwaiting for lock on blog_post")
    (stopped,) = aws.ecs.named("StopTask")
    assert stopped["task"] == aws.ecs.task["taskArn"]
    assert "limit of 1800 s" in stopped["reason"]


def test_a_command_that_ended_just_in_time_is_not_called_late(aws, deployment):
    aws.ecs.end(0)
    assert deployment.poll(after=1801)["Outcome"] == "ran"


def test_a_task_still_being_prepared_at_its_deadline_is_said_not_to_have_started(deployment):
    assert "had not yet started after 1800 seconds" in failure(deployment, after=1801)


def test_a_throttled_stop_is_tried_again_at_the_next_poll(aws, deployment):
    aws.ecs.run()
    aws.ecs.queue("StopTask", client_error("StopTask", "ThrottlingException"))
    assert deployment.poll(after=1801) is None
    assert "was stopped" in failure(deployment, after=10)


def test_a_stop_that_is_not_allowed_is_told_with_the_timeout(aws, deployment):
    aws.ecs.run()
    aws.ecs.always("StopTask", client_error("StopTask", "AccessDeniedException", "no"))
    message = failure(deployment, after=1801)
    assert "could not be stopped (ecs:StopTask: AccessDeniedException: no)" in message


def test_a_second_delivery_reports_the_same_timeout(aws, event):
    first, second = Deployment(aws, event()), Deployment(aws, event())
    first.begin()
    second.begin()
    aws.ecs.run()
    assert "was stopped" in failure(first, after=1801)
    assert "limit of 1800 s" in failure(second, after=0)


def test_a_command_that_never_found_room_says_so_with_the_reason_and_how_long(aws, event):
    aws.ecs.queue("RunTask", *[NO_ROOM] * 1000)
    deployment = Deployment(aws, event(TimeoutSeconds="600"))
    deployment.begin()
    with pytest.raises(ReleaseError) as caught:
        deployment.poll_for(610)
    message = str(caught.value)
    assert "did not run: in " in message
    assert "Capacity is unavailable at this time" in message
    waited = aws.clock.now() - deployment.event["Release"]["StartedAt"]
    assert 480 <= waited <= 600
    assert aws.runs == 0


def test_no_command_is_started_in_the_last_minute_only_to_be_killed(aws, event):
    aws.ecs.queue("RunTask", NO_ROOM)
    deployment = Deployment(aws, event(TimeoutSeconds="600"))
    deployment.begin()
    with pytest.raises(ReleaseError, match="did not run: in 550 seconds"):
        deployment.poll(after=550)
    assert aws.runs == 0


def test_throttling_until_the_deadline_is_told_as_such(aws, event):
    aws.ecs.always("RunTask", client_error("RunTask", "ThrottlingException", "Rate exceeded"))
    deployment = Deployment(aws, event(TimeoutSeconds="300"))
    deployment.begin()
    with pytest.raises(ReleaseError, match="ecs:RunTask: ThrottlingException: Rate exceeded"):
        deployment.poll_for(310)
