"""docs/from/: the options and commands that take the place of others exist."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

import django_cdk
from django_cdk import DjangoApp, DjangoEcs
from django_cdk.cli.main import VERBS
from tests.docs.pages import ROOT, Page, code

OLD = Page("docs/from/django-cdk-0.md")
OTHERS = [Page("docs/from/copilot.md"), Page("docs/from/heroku.md")]
APP = {one.name for one in fields(DjangoApp)}


def options(construct: str) -> set[str]:
    """What a construct takes by name, with the options of the application."""
    signature = inspect.signature(getattr(django_cdk, construct).__init__)
    takes_application = any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values())
    return set(signature.parameters) | (APP if takes_application else set())


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize(
    ("construct", "before", "now"), [row[:3] for row in OLD.table("Options", "Construct")]
)
def test_an_option_of_the_original_has_its_name_in_pythons_spelling(
    construct: str, before: str, now: str
) -> None:
    assert code(now) == snake(code(before))
    assert code(now) in options(code(construct))


def test_the_attributes_of_the_original_are_still_there() -> None:
    sentence = OLD.sections["Options"].split("are attributes as they were")[0].split("\n\n")[-1]
    source = (ROOT / "django_cdk" / "django_ecs.py").read_text()

    named = re.findall(r"`(\w+)`", sentence)
    assert "static_file_bucket" in named
    assert [name for name in named if f"self.{name}" not in source] == []


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.path)
def test_the_second_column_names_options(page: Page) -> None:
    ecs = options(DjangoEcs.__name__)
    cells = [row[1] for title in page.sections for row in rows(page, title)]

    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert named
    assert named <= ecs


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.path)
def test_the_commands_are_verbs_of_the_command_line(page: Page) -> None:
    verbs = re.findall(r"`django-cdk (\w+)", page.text)

    assert verbs
    assert set(verbs) <= set(VERBS)


def rows(page: Page, title: str) -> list[list[str]]:
    """The rows of a table of options; none in sections without one."""
    if "| Option |" not in page.sections[title]:
        return []
    header = re.search(r"^\| (.+?) \| Option \|", page.sections[title], re.MULTILINE)
    assert header
    return page.table(title, header[1])
