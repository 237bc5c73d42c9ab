"""The settings of the integ apps."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from integ.settings import Settings

ROOT = Path(__file__).parents[2]
ACCOUNT = {"AWS_ACCOUNT_ID": "123456789012", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_with_nothing_set_the_stack_is_agnostic_of_its_environment() -> None:
    settings = Settings.from_environment({})

    assert settings == Settings()
    assert settings.environment is None


def test_account_and_region_make_the_environment_of_the_stack() -> None:
    environment = Settings.from_environment(ACCOUNT).environment

    assert environment is not None
    assert (environment.account, environment.region) == ("123456789012", "eu-west-1")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"API_DOMAIN_NAME": ""}).api_domain_name is None


def test_a_required_setting_that_is_missing_names_its_variable_in_one_line() -> None:
    with pytest.raises(SystemExit) as stopped:
        Settings().require("frontend_domain_name")

    assert str(stopped.value).startswith("FRONTEND_DOMAIN_NAME must be set")
    assert "\n" not in str(stopped.value)


def test_a_required_setting_that_is_given_passes() -> None:
    Settings(frontend_url="https://example.com").require("frontend_url")


def test_a_zone_needs_the_account_it_is_looked_up_in() -> None:
    with pytest.raises(SystemExit, match="AWS_DEFAULT_REGION and AWS_ACCOUNT_ID must be set"):
        Settings.from_environment({"ZONE_NAME": "example.com"})


def test_the_template_lists_exactly_the_variables_that_are_read() -> None:
    template = (ROOT / ".env.template").read_text()
    listed = re.findall(r"^(\w+)=", template, re.MULTILINE)

    assert sorted(listed) == sorted(setting.metadata["variable"] for setting in fields(Settings))


def test_every_variable_of_the_template_has_its_comment() -> None:
    template = (ROOT / ".env.template").read_text()
    blocks = [block for block in template.split("\n\n") if "=" in block]

    assert all(block.startswith("# ") for block in blocks)
