"""docs/pipeline.md: its code runs, its workflow fits the role, its tables are the code's."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_cdk.aws_codebuild import ComputeType
from aws_cdk.aws_logs import RetentionDays

from django_cdk import DjangoPipeline, GitHubDeployRole
from tests.docs.pages import ROOT, Page, code
from tests.pipeline.conftest import Made, deploy_role

PAGE = Page("docs/pipeline.md")
NAMES = {"ComputeType": ComputeType, "RetentionDays": RetentionDays}
CONSTRUCTS = {one.__name__: one for one in (DjangoPipeline, GitHubDeployRole)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What came of each Python block, beside a Django project."""
    project = tmp_path_factory.mktemp("project")
    (project / "backend").mkdir()
    (project / "backend" / "Dockerfile").write_text("FROM scratch\n")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "docs" / "run_blocks.py")],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=json.dumps([block.code for block in PAGE.blocks]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_code_runs_as_it_stands_there(made: list[dict[str, Any]]) -> None:
    assert [one.get("error") for one in made] == [None, None]
    assert "GitHubDeployRole" in made[0]["made"]
    assert {"Blog", "DjangoPipeline"} <= set(made[1]["made"])


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.text, re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_the_deploying_job_alone_may_ask_for_a_token(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["test"]["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}


def test_nothing_is_deployed_before_the_tests(workflow: dict[str, Any]) -> None:
    assert workflow["jobs"]["deploy"]["needs"] == "test"


def test_the_workflow_runs_in_the_environment_that_the_role_lets_in(
    workflow: dict[str, Any],
) -> None:
    (block, _) = PAGE.blocks

    assert f'environments=["{workflow["jobs"]["deploy"]["environment"]}"]' in block.code


def test_the_workflow_assumes_the_role_for_the_region_of_the_stack(
    workflow: dict[str, Any],
) -> None:
    (credentials,) = [
        step["with"]
        for step in workflow["jobs"]["deploy"]["steps"]
        if step.get("uses", "").startswith("aws-actions/configure-aws-credentials@")
    ]
    (block, _) = PAGE.blocks

    assert credentials["role-to-assume"] == "${{ vars.AWS_DEPLOY_ROLE_ARN }}"
    assert f'region="{credentials["aws-region"]}"' in block.code


def test_the_workflow_is_valid(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.text, re.MULTILINE | re.DOTALL)
    file = tmp_path / "deploy.yml"
    file.write_text(text)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.github-workflows",
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_table_has_every_option_with_its_default(name: str) -> None:
    rows = PAGE.table(f"Options of {name}", "Option")
    parameters = inspect.signature(CONSTRUCTS[name].__init__).parameters.values()
    options = {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}

    assert [code(option) for option, *_ in rows] == list(options)
    for option, _, cell in rows:
        default = options[code(option)]
        if default is inspect.Parameter.empty:
            assert cell == "required"
        elif default is None or (default == () and "`" not in cell):
            assert cell
        else:
            assert eval(code(cell), NAMES) == default  # noqa: S307 - our own page


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_the_attributes_that_it_names_are_there(name: str, blog: Made) -> None:
    made = {"DjangoPipeline": blog, "GitHubDeployRole": deploy_role()}[name].construct
    (named,) = re.findall(
        r"Attributes: (.*?)\. Output", PAGE.sections[f"Options of {name}"], re.DOTALL
    )

    assert [one for one in re.findall(r"`(\w+)`", named) if not hasattr(made, one)] == []
