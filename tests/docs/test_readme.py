"""What else the README names exists: targets, settings, files, headings."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs.readme import README, ROOT, sections
from tools.apps import APPS
from tools.deploy import VERBS

COMMANDS = sections()["The commands of this repository"]
MAKE = sorted(set(re.findall(r"`make ([\w-]+)`", README)))
VARIABLES = sorted(set(re.findall(r"`((?:AWS|ZONE|API)_\w+)`", COMMANDS)) - {"AWS_PROFILE"})


@pytest.mark.parametrize("target", MAKE)
def test_a_make_target_exists(target: str) -> None:
    verb, _, app = target.partition("-")
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert target in targets or (verb in VERBS and app in APPS)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_stands_in_the_template_of_settings(variable: str) -> None:
    assert f"\n{variable}=" in (ROOT / ".env.template").read_text()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([\w-]+)\)", README))))
def test_a_link_leads_to_a_heading(anchor: str) -> None:
    slugs = [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in sections()]

    assert anchor in slugs


def test_the_files_that_it_names_are_committed() -> None:
    named = set(re.findall(r"`((?:integ|tests|test|django_cdk)/[\w./-]*)`", README))
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert named
    missing = {name for name in named if not any(path.startswith(name) for path in listed)}
    assert missing == set()
