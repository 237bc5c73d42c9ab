"""What the package index shows."""

from __future__ import annotations

import re
import tomllib
from email import message_from_bytes
from email.message import Message

import pytest
import yaml
from trove_classifiers import classifiers as known_classifiers

from tests.package.conftest import ROOT, Archives


@pytest.fixture(scope="module")
def metadata(archives: Archives) -> Message:
    (content,) = (
        content for name, content in archives.in_wheel().items() if name.endswith("/METADATA")
    )
    return message_from_bytes(content)


@pytest.fixture(scope="module")
def urls(metadata: Message) -> dict[str, str]:
    return dict(line.split(", ", 1) for line in metadata.get_all("Project-URL", []))


def test_every_classifier_is_known_to_the_index(metadata: Message) -> None:
    assert {*metadata.get_all("Classifier", [])} <= {*known_classifiers}


def test_the_pythons_are_those_that_are_tested(metadata: Message) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    tested = {
        python
        for job in workflow["jobs"].values()
        for python in job.get("strategy", {}).get("matrix", {}).get("python", [])
    }
    named = {
        match[1]
        for line in metadata.get_all("Classifier", [])
        if (match := re.fullmatch(r"Programming Language :: Python :: (\d\.\d+)", line))
    }

    assert named == tested
    assert metadata["Requires-Python"] == f">={min(named, key=lambda one: int(one[2:]))}"


def test_the_licence_is_named_and_inside(metadata: Message, archives: Archives) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    licence = (ROOT / "LICENSE").read_bytes()
    assert licence in archives.in_wheel().values()
    assert archives.in_sdist()["LICENSE"] == licence


def test_the_urls_lead_to_one_repository(urls: dict[str, str]) -> None:
    source = urls["Source"]

    assert {"Homepage", "Documentation", "Changelog", "Issues", "Source"} <= {*urls}
    assert urls["Issues"] == f"{source}/issues"
    assert urls["Changelog"] == f"{source}/blob/main/CHANGELOG.md"


@pytest.mark.parametrize("path", [".github/ISSUE_TEMPLATE/config.yml", "CHANGELOG.md"])
def test_files_that_name_the_repository_name_the_same_one(urls: dict[str, str], path: str) -> None:
    repository = urls["Source"]
    owner = repository.removeprefix("https://github.com/").split("/")[0]
    named = re.findall(rf"https://github\.com/{owner}/[\w.-]+", (ROOT / path).read_text())

    assert named
    assert {*named} == {repository}


def test_the_readme_is_the_description(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload(decode=True) == (ROOT / "README.md").read_bytes()


def test_the_extras_are_those_of_the_project(metadata: Message) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert {*metadata.get_all("Provides-Extra", [])} == {*project["optional-dependencies"]}
