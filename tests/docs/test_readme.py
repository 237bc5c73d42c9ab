"""What else the README and CONTRIBUTING name exists: targets, settings, files."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs.pages import README, ROOT, Page
from tools.apps import APPS
from tools.deploy import VERBS

COMMANDS = README.sections["The commands of this repository"]
PAGES = [README, Page("CONTRIBUTING.md")]
MAKE = sorted({name for page in PAGES for name in re.findall(r"`make ([\w-]+)`", page.text)})
VARIABLES = sorted(set(re.findall(r"`((?:AWS|ZONE|API)_\w+)`", COMMANDS)) - {"AWS_PROFILE"})


@pytest.mark.parametrize("target", MAKE)
def test_a_make_target_exists(target: str) -> None:
    verb, _, app = target.partition("-")
    files = [ROOT / "Makefile", *(ROOT / "make").glob("*.mk")]
    text = "\n".join(file.read_text() for file in files)
    targets = re.findall(r"^([\w-]+):", text, re.MULTILINE)

    assert target in targets or (verb in VERBS and app in APPS)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_stands_in_the_template_of_settings(variable: str) -> None:
    assert f"\n{variable}=" in (ROOT / ".env.template").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_the_files_that_it_names_are_committed(page: Page) -> None:
    named = set(re.findall(r"`((?:integ|tests|test|tools|docs|django_cdk)/[\w./-]*)`", page.text))
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert named
    missing = {name for name in named if not any(path.startswith(name) for path in listed)}
    assert missing == set()
