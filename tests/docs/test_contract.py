"""The environment contract in the documentation is the one that reaches a container."""

from __future__ import annotations

import pytest

from django_cdk.environment import DEFAULT_ENVIRONMENT, TOKENS
from tests.docs.pages import README, Page, code
from tests.stacks import DOMAIN, Synthesized, synthesize

PAGE = Page("docs/environment.md")
ROWS = PAGE.table("The table", "Variable")


@pytest.fixture(scope="module")
def complete() -> Synthesized:
    """An application in which every token of the default table has a value."""
    return synthesize(
        **DOMAIN, cdn_domain="cdn.example.com", frontend_url="https://www.example.com"
    )


def test_the_readme_has_the_same_table() -> None:
    assert README.table("The environment contract", "Variable") == ROWS


def test_the_table_is_the_default_environment() -> None:
    assert {code(row[0]): code(row[1]) for row in ROWS} == dict(DEFAULT_ENVIRONMENT)


def test_each_variable_reaches_a_container_the_way_the_table_says(complete: Synthesized) -> None:
    derived = complete.construct.environment.derived_secret
    assert derived is not None
    composed = complete.template.of(derived).id
    kinds = dict.fromkeys(complete.template.environment("web"), "plain")
    for name, source in complete.template.secrets("web").items():
        kinds[name] = "derived" if composed in str(source) else "secret"

    assert {code(row[0]): row[2] for row in ROWS} == kinds


def test_the_table_of_tokens_is_the_codes() -> None:
    rows = PAGE.table("The table", "Token")

    assert {code(row[0]).strip("{}"): row[1] for row in rows} == dict(TOKENS)
