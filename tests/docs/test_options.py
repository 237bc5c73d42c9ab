"""The tables of options say what the code says."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, fields
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.aws_cloudfront import PriceClass
from aws_cdk.aws_logs import RetentionDays
from constructs import Construct

import django_cdk
from django_cdk import DjangoApp, DjangoAppProps, DjangoEcs, DjangoVue, StaticSite
from tests.docs.pages import README, Page, code

#: What the cells of the tables may name.
NAMES: dict[str, Any] = {
    "PriceClass": PriceClass,
    "RetentionDays": RetentionDays,
    "RemovalPolicy": cdk.RemovalPolicy,
    **{name: getattr(django_cdk, name) for name in ("Postgres", "Valkey", "Scaling", "Size")},
}
VALUES = Page("docs/application.md").table("Values", "Value")


def defaults(construct: type[Construct]) -> dict[str, Any]:
    parameters = inspect.signature(construct.__init__).parameters.values()
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


def default_of(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def app_defaults() -> dict[str, Any]:
    return {one.name: default_of(one) for one in fields(DjangoApp)}


TABLES = {
    "docs/ecs.md": defaults(DjangoEcs),
    "docs/application.md": app_defaults(),
    "docs/static-site.md": defaults(StaticSite),
    "docs/vue.md": defaults(DjangoVue),
}


def options(page: str) -> list[list[str]]:
    return Page(page).table("Options", "Option")


CASES = [
    (page, row[0], row[2])
    for page in TABLES
    for row in options(page)
    # Told by their names: the commands themselves are long.
    if row[0] != "`release_commands`"
]


@pytest.mark.parametrize("page", TABLES)
def test_a_table_has_every_option_in_the_order_of_the_code(page: str) -> None:
    assert [code(row[0]) for row in options(page)] == list(TABLES[page])


@pytest.mark.parametrize(("page", "option", "cell"), CASES)
def test_a_default_in_the_table_is_the_default_of_the_code(
    page: str, option: str, cell: str
) -> None:
    default = TABLES[page][code(option)]

    if default is inspect.Parameter.empty:
        assert cell == "required"
    elif default is None:
        assert cell  # In words: what happens without the option.
    else:
        assert eval(code(cell), NAMES) == default  # noqa: S307 - our own page


def test_the_default_release_commands_are_those_of_the_code() -> None:
    rows = {row[0]: row[2] for row in options("docs/application.md")}

    named = re.findall(r"`(\w+)`", rows["`release_commands`"])
    assert named == list(app_defaults()["release_commands"])


def test_the_shared_dictionary_type_has_the_same_options() -> None:
    assert list(DjangoAppProps.__annotations__) == list(app_defaults())


@pytest.mark.parametrize(("name", "written"), VALUES, ids=[row[0] for row in VALUES])
def test_a_value_is_written_with_its_fields_and_defaults(name: str, written: str) -> None:
    value = getattr(django_cdk, code(name))
    pieces = [piece.partition("=") for piece in re.findall(r"`([^`]+)`", written)]

    assert [piece[0] for piece in pieces] == [one.name for one in fields(value)]
    for (field, equals, default), one in zip(pieces, fields(value), strict=True):
        assert (eval(default, NAMES) if equals else MISSING) == default_of(one), field  # noqa: S307


def test_the_table_of_constructs_is_what_the_package_offers() -> None:
    offered = {name: getattr(django_cdk, name) for name in django_cdk.__all__}
    constructs = {name for name, one in offered.items() if issubclass(one, Construct)}

    assert {code(row[0]) for row in README.table("Constructs", "Construct")} == constructs
