"""docs/troubleshooting.md quotes what users see: the library's messages are raised here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from django_cdk import DjangoEcs, DjangoEks
from django_cdk.handlers.release.faults import ReleaseError
from tests.docs.pages import Page
from tests.handlers.fakes import CLUSTER, DEFINITION, STACK, Aws, Deployment
from tests.stacks import DOMAIN, IMAGE, image_directory, new_stack

PAGE = Page("docs/troubleshooting.md")
QUOTED = {
    title: " ".join(text.split())
    for title, text in re.findall(
        r"^### (.+?)$(?:(?!^###).)*?^```text\n(.+?)^```$", PAGE.text, re.MULTILINE | re.DOTALL
    )
}


def ecs(**options: Any) -> None:
    DjangoEcs(new_stack(), "Blog", image=IMAGE, **options)


def on_kubernetes(folder: Path) -> None:
    DjangoEks(new_stack(), "Blog", image_directory=image_directory(folder / "backend"))


#: Heading -> what raises the message below it.
REFUSED: dict[str, Callable[[Path], None]] = {
    "Looking up the zone needs the stack's account and region": lambda _: ecs(
        api_domain_name="blog.example.com", zone_name="example.com"
    ),
    "The domain lies outside its zone": lambda _: ecs(
        **{**DOMAIN, "api_domain_name": "blog.example.org"}
    ),
    "A token without a value": lambda _: ecs(cache=None, environment={"REDIS_URL": "{cache.url}"}),
    "A plain value for a secret": lambda _: ecs(environment_variables={"SECRET_KEY": "insecure"}),
    "Pods do not start": on_kubernetes,
}


def said(error: Exception) -> str:
    """As Python prints it; paths of the construct without what the library adds below."""
    return " ".join(f"ValueError: {error}".replace("Stack/Blog:", "Blog:").split())


@pytest.mark.parametrize("title", REFUSED)
def test_a_refusal_is_quoted_word_for_word(title: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        REFUSED[title](tmp_path)

    assert said(caught.value) == QUOTED[title]


def test_a_failed_release_command_is_quoted_word_for_word() -> None:
    properties = {
        "Name": "migrate",
        "Cluster": CLUSTER,
        "TaskDefinition": DEFINITION,
        # The one container that the fake knows.
        "Container": "web",
        "Command": ["python", "manage.py", "migrate", "--noinput"],
        "Subnets": ["subnet-1"],
        "SecurityGroups": ["sg-1"],
        "AssignPublicIp": "DISABLED",
        "LogGroup": "/blog/release",
        "LogStreamPrefix": "release",
        "TimeoutSeconds": "1800",
    }
    aws = Aws()
    event = {
        "RequestType": "Create",
        "StackId": STACK,
        "RequestId": "6f6d6d0a-4b5f-4f0c-9a53-1c8f7a0d4f1e",
        "LogicalResourceId": "Migrate",
        "ResourceProperties": properties,
    }
    deployment = Deployment(aws, event)
    deployment.begin()
    aws.log("django.db.utils.ProgrammingError: column blog_post.title does not exist")
    aws.ecs.end(1, stoppedReason="Essential container in task exited")

    with pytest.raises(ReleaseError) as caught:
        deployment.poll()

    text = str(caught.value).replace("release/web/", "release/release/")
    assert " ".join(text.split()) == QUOTED["A release command failed"]


def test_every_quotation_of_the_library_is_raised_here() -> None:
    ours = {title for title, text in QUOTED.items() if text.startswith("ValueError")}

    assert ours == set(REFUSED)


def test_the_messages_of_a_protected_database_are_those_of_aws() -> None:
    source = Path(pytest.importorskip("moto.rds.models").__file__).read_text()

    assert QUOTED["A first deployment fails and can't go back"] in source
    assert "Cannot delete protected Cluster" in source
