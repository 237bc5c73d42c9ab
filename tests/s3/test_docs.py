"""docs/s3-elsewhere.md: its code runs, and it says what the code says."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from django_cdk import S3BucketResources

PAGE = (Path(__file__).parents[2] / "docs" / "s3-elsewhere.md").read_text()
SECTIONS = dict(zip(*[iter(re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)[1:])] * 2, strict=True))

# What the secret holds; test_access.py shows that these are its names.
SECRET = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalr/K7MDENG+bPx=",
    "AWS_STORAGE_BUCKET_NAME": "blog-files",
    "AWS_S3_REGION_NAME": "eu-central-1",
}


def block(section: str, language: str) -> str:
    """The section's one block of code in a language."""
    (code,) = re.findall(
        rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.MULTILINE | re.DOTALL
    )
    return str(code)


def run(section: str) -> dict[str, Any]:
    """The names that the section's Python makes."""
    namespace: dict[str, Any] = {}
    exec(compile(block(section, "python"), section, "exec"), namespace)  # noqa: S102 - our own page
    return namespace


@pytest.fixture
def storages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """STORAGES of the settings, with nothing in the environment but the secret."""
    monkeypatch.setattr(os, "environ", dict(SECRET))
    found: dict[str, Any] = run("Settings")["STORAGES"]
    return found


def test_the_stack_is_synthesized_as_it_stands_there() -> None:
    stack = run("The stack")["stack"]

    assert isinstance(stack, cdk.Stack)
    assert isinstance(stack.node.find_child("Files"), S3BucketResources)


def test_the_settings_need_nothing_but_the_secret(storages: dict[str, Any]) -> None:
    for alias, location in {"default": "media", "staticfiles": "static"}.items():
        options = storages[alias]["OPTIONS"]
        assert options["location"] == location
        assert options["bucket_name"] == SECRET["AWS_STORAGE_BUCKET_NAME"]
        assert options["region_name"] == SECRET["AWS_S3_REGION_NAME"]


def test_the_settings_ask_for_no_access_control_list(storages: dict[str, Any]) -> None:
    assert [one["OPTIONS"]["default_acl"] for one in storages.values()] == [None, None]


def test_media_links_are_signed_and_static_links_are_not(storages: dict[str, Any]) -> None:
    assert storages["default"]["OPTIONS"]["querystring_auth"] is True
    assert storages["default"]["OPTIONS"]["signature_version"] == "s3v4"
    assert storages["staticfiles"]["OPTIONS"]["querystring_auth"] is False


def test_the_view_compiles() -> None:
    compile(block("Direct uploads", "python"), "views.py", "exec")


def test_the_script_is_javascript(tmp_path: Path) -> None:
    script = tmp_path / "upload.mjs"
    script.write_text(block("Direct uploads", "js"))

    subprocess.run([os.environ["JSII_NODE"], "--check", str(script)], check=True)


def test_the_secret_is_printed_as_lines_of_an_environment_file() -> None:
    found = re.search(r"python3 -c '(.*)'", block("Read the key once", "sh"))
    assert found
    done = subprocess.run(
        [sys.executable, "-c", found[1]],
        input=json.dumps(SECRET),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == [f"{name}={value}" for name, value in SECRET.items()]


def test_the_table_has_every_option_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.+) \|$", SECTIONS["The stack"], re.MULTILINE)
    parameters = inspect.signature(S3BucketResources.__init__).parameters.values()
    options = {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}

    assert [name for name, _ in rows] == list(options)
    for name, cell in rows:
        literal = repr(options[name])
        assert cell == f"`{literal}`" or (options[name] is None and "`" not in cell), name


def test_every_link_leads_to_a_heading() -> None:
    anchors = {title.lower().replace(" ", "-") for title in SECTIONS}

    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors
