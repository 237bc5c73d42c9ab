"""Release commands for real: `migrate` of the sample against Postgres, deployment after deployment.

A new image is a copy of the sample with one more migration. Each deployment leaves a record of what
was there right after it, so that the tests may be read, and run, in any order.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from django_cdk import Scaling
from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, changed_backend, microblog, wait_for
from tests.emulator.deployer import DeploymentError, Event
from tests.emulator.server import Emulator

STACK = "Release"
MIGRATE = {"migrate": ["python", "manage.py", "migrate", "--noinput"]}

NOTES = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "Note", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]
        ),
        # Longer than a second, to which ECS cuts its times: what ran meanwhile would show.
        migrations.RunSQL("SELECT pg_sleep(1.1)"),
    ]
"""
BROKEN = """
from django.db import migrations


def shorten(apps, schema_editor):
    apps.get_model("posts", "Note").objects.update(text="")
    raise ValueError("the notes are too long for the new column")


class Migration(migrations.Migration):
    dependencies = [("posts", "0002_note")]
    operations = [migrations.RunPython(shorten)]
"""
MENDED = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0002_note")]
    operations = [migrations.AddField("Note", "read", models.BooleanField(default=False))]
"""
SECOND = {"posts/migrations/0002_note.py": NOTES}
THIRD = {**SECOND, "posts/migrations/0003_read.py": MENDED}
FAULTY = {**SECOND, "posts/migrations/0003_read.py": BROKEN}


@dataclass(frozen=True)
class Record:
    """What there was right after a deployment.

    :param failure: why it failed; empty if it did not.
    :param events: those of this deployment, oldest first.
    :param migrations: name -> when it was applied, of the sample's own application.
    :param notes: what the table of notes holds; empty without one.
    :param web: the web service, and its running task under `task`.
    :param released: the tasks that ran a release command, of all deployments, oldest first.
    """

    blog: MicroBlog
    failure: str
    events: list[Event]
    migrations: Mapping[str, dt.datetime]
    notes: list[str]
    web: dict[str, Any]
    released: list[dict[str, Any]]

    def first(self, resource: str, status: str) -> int:
        """Where in the events a resource, named by a part of its logical id, got this status."""
        return next(
            index
            for index, event in enumerate(self.events)
            if resource in event.logical_id and event.status == status
        )

    def reason(self, resource: str) -> str:
        """Why a resource failed."""
        (failed,) = [
            event.reason
            for event in self.events
            if resource in event.logical_id and event.status.endswith("_FAILED")
        ]
        return failed


@dataclass
class Story:
    """One stack, deployed again and again."""

    life: Life
    folder: Path
    versions: int = 0

    def deploy(self, files: Mapping[str, str], **options: Any) -> Record:
        """Deploys the sample with these files and options on top; a failure is recorded too."""
        self.versions += 1
        backend = changed_backend(self.folder / str(self.versions), files)
        given = {"release_commands": MIGRATE, **options}
        build = functools.partial(microblog, backend=backend, **given)
        known = {event.id for event in self._events()}
        failure = ""
        try:
            self.life.deploy(build)
        except DeploymentError as error:
            failure = str(error)
        return self._record(failure, known)

    def _events(self) -> list[Event]:
        deployer = self.life.deployer()
        return deployer.events(STACK) if deployer.status(STACK) else []

    def _record(self, failure: str, known: set[str]) -> Record:
        blog = MicroBlog(self.life.emulator, self.life.outputs)
        rows = blog.sql("SELECT name, applied FROM django_migrations WHERE app = 'posts'")
        applied = {name: dt.datetime.fromisoformat(time) for name, time in rows}
        has_notes = blog.sql("SELECT to_regclass('posts_note') IS NOT NULL")[0][0]
        notes = blog.sql("SELECT text FROM posts_note ORDER BY id") if has_notes else []
        (task,) = blog.tasks("web")
        return Record(
            blog=blog,
            failure=failure,
            events=[event for event in self._events() if event.id not in known],
            migrations=applied,
            notes=[text for (text,) in notes],
            web={**blog.service("web"), "task": task},
            released=blog.release_tasks(),
        )


@pytest.fixture(scope="module")
def story(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(Life(emulator, STACK), tmp_path_factory.mktemp("versions"))


@pytest.fixture(scope="module")
def first(story: Story) -> Record:
    """The sample as it is."""
    return story.deploy({})


@pytest.fixture(scope="module")
def second(story: Story, first: Record) -> Record:
    """With a new migration."""
    return story.deploy(SECOND)


@pytest.fixture(scope="module")
def broken(story: Story, second: Record) -> Record:
    """With a migration that raises, after two people have written notes."""
    second.blog.sql("INSERT INTO posts_note (text) VALUES ('milk'), ('bread')")
    return story.deploy(FAULTY)


@pytest.fixture(scope="module")
def mended(story: Story, broken: Record) -> Record:
    """With a good migration in its place."""
    return story.deploy(THIRD)


@pytest.fixture(scope="module")
def unchanged(story: Story, mended: Record) -> Record:
    """The same image again, and one more web task at most."""
    return story.deploy(THIRD, web_scaling=Scaling(max_count=5))


@pytest.fixture(scope="module")
def not_startable(story: Story, unchanged: Record) -> Record:
    """With a program that is not in the image."""
    return story.deploy(THIRD, release_commands={"migrate": ["./scripts/migrate.sh"]})


@pytest.fixture(scope="module")
def not_pullable(story: Story, not_startable: Record) -> Record:
    """With an image that is nowhere."""
    return story.deploy(THIRD, image="registry.example.com/blog:nowhere")


@pytest.fixture(scope="module")
def endless(story: Story, not_pullable: Record) -> Record:
    """With a command that takes longer than it may."""
    command = ["sh", "-c", "echo waiting; exec sleep 600"]
    return story.deploy(THIRD, release_commands={"wait": command}, release_timeout=6)


# --- the first deployment ---


def test_the_first_deployment_creates_the_tables(first: Record) -> None:
    assert first.failure == ""
    assert list(first.migrations) == ["0001_initial"]


def test_the_command_runs_before_the_web_service_is_created(first: Record) -> None:
    assert first.first("Commandmigrate", "CREATE_COMPLETE") < first.first(
        "WebPatternService", "CREATE_IN_PROGRESS"
    )


def test_the_command_runs_once(first: Record) -> None:
    (task,) = first.released

    assert [container["exitCode"] for container in task["containers"]] == [0]
    applied = "Applying posts.0001_initial... OK"
    wait_for(lambda: applied in first.blog.log(task), "the log has the migration")


# --- a new migration ---


def test_a_new_migration_is_applied(first: Record, second: Record) -> None:
    assert second.failure == ""
    assert list(second.migrations) == ["0001_initial", "0002_note"]
    assert second.migrations["0001_initial"] == first.migrations["0001_initial"]


def test_events_tell_that_the_migration_comes_before_the_new_web_service(second: Record) -> None:
    assert second.first("Commandmigrate", "UPDATE_COMPLETE") < second.first(
        "WebPatternService", "UPDATE_IN_PROGRESS"
    )


def test_the_database_tells_that_the_migration_comes_before_the_new_web_task(
    second: Record,
) -> None:
    applied = second.migrations["0002_note"].replace(microsecond=0)

    assert applied <= second.web["task"]["createdAt"]


def test_the_new_web_task_runs_the_new_task_definition(first: Record, second: Record) -> None:
    assert second.web["task"]["taskDefinitionArn"] == second.web["taskDefinition"]
    assert second.web["taskDefinition"] != first.web["taskDefinition"]


# --- a migration that raises ---


def test_a_migration_that_raises_fails_the_deployment(broken: Record) -> None:
    assert broken.failure.startswith(f"{STACK} is UPDATE_ROLLBACK_COMPLETE")


def test_the_stack_event_has_the_last_lines_of_the_traceback(broken: Record) -> None:
    reason = broken.reason("Commandmigrate")

    assert (
        "Release command 'migrate' (python manage.py migrate --noinput) ended with exit code 1"
        in reason
    )
    assert "raise ValueError(" in reason
    assert "ValueError: the notes are too long for the new column" in reason


def test_the_stack_event_names_the_tasks_log(broken: Record) -> None:
    reason = broken.reason("Commandmigrate")
    told = re.search(r"Task log: (\S+) (\S+)", reason)

    assert told
    events = broken.blog.emulator.client("logs").get_log_events(
        logGroupName=told[1], logStreamName=told[2]
    )["events"]
    assert "ValueError: the notes are too long for the new column" in events[-1]["message"]


def test_the_service_keeps_the_old_task_definition_and_task(second: Record, broken: Record) -> None:
    assert broken.web["taskDefinition"] == second.web["taskDefinition"]
    assert broken.web["task"]["taskArn"] == second.web["task"]["taskArn"]
    assert broken.web["runningCount"] == 1


def test_the_data_stays_as_it_was(second: Record, broken: Record) -> None:
    assert broken.notes == ["milk", "bread"]
    assert broken.migrations == second.migrations


def test_a_rollback_runs_no_command(second: Record, broken: Record) -> None:
    (failed,) = broken.released[len(second.released) :]

    assert [container["exitCode"] for container in failed["containers"]] == [1]


def test_the_next_good_deployment_succeeds(mended: Record) -> None:
    assert mended.failure == ""
    assert list(mended.migrations) == ["0001_initial", "0002_note", "0003_read"]
    assert mended.notes == ["milk", "bread"]


# --- when commands do and don't run again ---


def test_without_a_change_of_image_command_or_environment_nothing_runs(
    mended: Record, unchanged: Record
) -> None:
    assert unchanged.failure == ""
    assert len(unchanged.released) == len(mended.released)


# --- commands that don't begin or don't end ---


def test_a_task_that_cannot_start_fails_the_deployment_with_reason_and_remedy(
    not_startable: Record,
) -> None:
    reason = not_startable.reason("Commandmigrate")

    assert "could not start: TaskFailedToStart; CannotStartContainerError" in reason
    assert '"./scripts/migrate.sh": executable file not found' in reason
    assert "the image has the command's first word as an executable file" in reason


def test_an_image_that_is_not_there_fails_the_deployment_with_reason_and_remedy(
    not_pullable: Record,
) -> None:
    reason = not_pullable.reason("Commandmigrate")

    assert "could not start: TaskFailedToStart; CannotPullContainerError" in reason
    assert "registry.example.com/blog:nowhere: not found" in reason
    assert "Check that the image exists" in reason


def test_a_command_that_takes_too_long_is_stopped(endless: Record) -> None:
    reason = endless.reason("Commandwait")
    task = endless.released[-1]

    assert "was still running after 6 seconds and was stopped" in reason
    assert "\nwaiting\n" in reason
    assert task["stoppedReason"] == "The release command's limit of 6 s has passed."
    assert [container["exitCode"] for container in task["containers"]] == [143]


@pytest.mark.parametrize("failed", ["not_startable", "not_pullable", "endless"])
def test_after_a_failure_the_old_version_still_answers(
    request: pytest.FixtureRequest, unchanged: Record, failed: str
) -> None:
    record: Record = request.getfixturevalue(failed)

    assert record.web["taskDefinition"] == unchanged.web["taskDefinition"]
    assert record.blog.get("/api/posts/").status_code == 200


# --- a request that is delivered twice ---


@dataclass(frozen=True)
class Handler:
    """The function that starts commands, called as the provider framework calls it."""

    blog: MicroBlog
    parts: Mapping[str, str]

    def deliver(self, request_id: str) -> str:
        """Delivers a Create of `migrate`; the task that it names."""
        function = self._part("DjangoReleaseProviderOnEventFunction")
        request = json.dumps(self._request(request_id))
        answer = self.blog.emulator.client("lambda").invoke(FunctionName=function, Payload=request)
        return str(json.load(answer["Payload"])["Release"]["TaskArn"])

    def ended(self, task: str) -> bool:
        return task in {one["taskArn"] for one in self.blog.release_tasks()}

    def _part(self, name: str) -> str:
        """The physical id of the resource whose logical id is this and a hash."""
        (found,) = [self.parts[one] for one in self.parts if one[:-8] == name]
        return found

    def _request(self, request_id: str) -> dict[str, Any]:
        cloudformation = self.blog.emulator.client("cloudformation")
        network = self.blog.service("web")["networkConfiguration"]["awsvpcConfiguration"]
        return {
            "RequestType": "Create",
            "StackId": cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackId"],
            "RequestId": request_id,
            "LogicalResourceId": "Command",
            "ResourceProperties": {
                "Name": "migrate",
                "Cluster": self.blog.service("web")["clusterArn"],
                "TaskDefinition": self._part("MicroBlogReleaseTask"),
                "Container": "release",
                "Command": MIGRATE["migrate"],
                "Subnets": network["subnets"],
                "SecurityGroups": network["securityGroups"],
                "AssignPublicIp": "DISABLED",
                "LogGroup": self._part("MicroBlogReleaseLogs"),
                "LogStreamPrefix": "release",
                "TimeoutSeconds": "60",
            },
        }


@pytest.fixture(scope="module")
def handler(story: Story, endless: Record) -> Handler:
    return Handler(endless.blog, story.life.deployer().resources(STACK))


def test_a_request_delivered_twice_starts_one_task(handler: Handler) -> None:
    before = len(handler.blog.release_tasks())
    started = {handler.deliver("twice"), handler.deliver("twice")}

    assert len(started) == 1
    wait_for(lambda: all(map(handler.ended, started)), "the task ends")
    assert len(handler.blog.release_tasks()) == before + 1


def test_a_request_delivered_again_after_the_end_starts_no_other_task(handler: Handler) -> None:
    task = handler.deliver("late")
    wait_for(lambda: handler.ended(task), "the task ends")

    assert handler.deliver("late") == task
