"""Properties decoded into a release command."""

from __future__ import annotations

from typing import Any

import pytest

from django_cdk.handlers.release.command import ReleaseCommand


def test_numbers_that_cloudformation_made_strings_are_numbers_again(properties):
    assert ReleaseCommand.from_properties(properties).timeout_seconds == 1800


def test_lists_are_frozen(properties):
    command = ReleaseCommand.from_properties(properties)
    assert command.command == ("python", "manage.py", "migrate", "--no-input")
    assert command.subnets == ("subnet-1", "subnet-2")


def test_an_empty_argument_of_the_command_is_kept(properties):
    properties["Command"] = ["manage.py", "announce", ""]
    assert ReleaseCommand.from_properties(properties).command[-1] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Name", ""),
        ("Cluster", None),
        ("TaskDefinition", 7),
        ("Container", "  "),
        ("Command", []),
        ("Command", "python manage.py migrate"),
        ("Command", ["python", 7]),
        ("Command", [""]),
        ("Subnets", {}),
        ("SecurityGroups", []),
        ("AssignPublicIp", "true"),
        ("LogGroup", None),
        ("LogStreamPrefix", ""),
        ("TimeoutSeconds", "half an hour"),
        ("TimeoutSeconds", "0"),
        ("TimeoutSeconds", "3601"),
        ("TimeoutSeconds", "-5"),
        ("TimeoutSeconds", "1800.5"),
        ("TimeoutSeconds", "²"),
    ],
)
def test_a_wrong_property_is_named_with_its_value(
    properties: dict[str, Any], name: str, value: object
):
    properties[name] = value
    with pytest.raises(ValueError, match=f"Property {name} of the release command is") as caught:
        ReleaseCommand.from_properties(properties)
    assert repr(value) in str(caught.value)
    assert "; give " in str(caught.value)


@pytest.mark.parametrize(
    "name", ["Name", "Command", "Subnets", "AssignPublicIp", "LogGroup", "TimeoutSeconds"]
)
def test_a_missing_property_is_named(properties: dict[str, Any], name: str):
    del properties[name]
    with pytest.raises(ValueError, match=f"Property {name} .* is None"):
        ReleaseCommand.from_properties(properties)


def test_the_log_stream_is_the_one_of_the_awslogs_driver(properties):
    command = ReleaseCommand.from_properties(properties)
    assert command.log_stream("arn:aws:ecs:x:1:task/blog/abc123") == "release/web/abc123"


def test_the_title_shows_the_command_line_as_one_would_type_it(properties):
    properties["Command"] = ["sh", "-c", "migrate && seed"]
    title = ReleaseCommand.from_properties(properties).title
    assert title == "Release command 'migrate' (sh -c 'migrate && seed')"
