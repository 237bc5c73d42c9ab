"""Every Python block of the README and of docs/ runs as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from django_cdk.environment import DEFAULT_ENVIRONMENT
from tests.docs.pages import README, ROOT, docs

# Their blocks need more around them; tests/eks, tests/pipeline and tests/s3 run those.
OTHERS = {"docs/eks.md", "docs/pipeline.md", "docs/s3-elsewhere.md"}
BLOCKS = [block for page in (README, *docs()) if page.path not in OTHERS for block in page.blocks]
CONSTRUCTS = ("DjangoEcs", "DjangoEks", "DjangoVue", "DockerEc2", "S3BucketResources", "StaticSite")

# Django is not installed where the library is tested; the middleware needs this much of it.
DJANGO_HTTP = """
class HttpResponse:
    status_code = 200
    def __init__(self, content):
        self.content = content
"""

Results = list[dict[str, Any]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What came of each block, run in a directory with a Django project and a built site."""
    project = tmp_path_factory.mktemp("project")
    (project / "backend").mkdir()
    (project / "backend" / "Dockerfile").write_text("FROM scratch\n")
    (project / "frontend" / "dist").mkdir(parents=True)
    (project / "frontend" / "dist" / "index.html").write_text("<!doctype html>")
    (project / "media-public.pem").write_text("-----BEGIN PUBLIC KEY-----\n")
    (project / "stub" / "django").mkdir(parents=True)
    (project / "stub" / "django" / "http.py").write_text(DJANGO_HTTP)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "docs" / "run_blocks.py")],
        cwd=project,
        env={
            **os.environ,
            **dict.fromkeys(DEFAULT_ENVIRONMENT, "https://blog.example.com"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(project / "stub")]),
        },
        input=json.dumps([block.code for block in BLOCKS]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: Results = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "number",
    range(len(BLOCKS)),
    ids=[f"{one.page} {one.section} {n}" for n, one in enumerate(BLOCKS)],
)
def test_a_python_block_runs(number: int, results: Results) -> None:
    result = results[number]

    assert "error" not in result, result["error"]
    for construct in CONSTRUCTS:
        assert (construct in result["made"]) == (f"{construct}(" in BLOCKS[number].code)


def test_the_shortest_example_comes_first_and_is_short() -> None:
    shortest = BLOCKS[0]

    assert shortest.section == "Shortest working example"
    assert len(shortest.code.splitlines()) <= 8


def test_the_settings_read_only_names_of_the_contract() -> None:
    (settings,) = [block for block in BLOCKS if "SECURE_PROXY_SSL_HEADER" in block.code]
    read = set(re.findall(r'os\.environ(?:\.get\(|\[)"(\w+)"', settings.code))

    assert read
    assert read <= set(DEFAULT_ENVIRONMENT)


def test_the_middleware_answers_the_probe_and_hands_on_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = [block.code for block in BLOCKS if "django.http" in block.code]
    (tmp_path / "django").mkdir()
    (tmp_path / "django" / "http.py").write_text(DJANGO_HTTP)
    check = """
from types import SimpleNamespace
middleware = HealthCheckMiddleware(lambda request: "the application's answer")
assert middleware(SimpleNamespace(path="/api/health-check/")).status_code == 200
assert middleware(SimpleNamespace(path="/posts/")) == "the application's answer"
"""
    subprocess.run(
        [sys.executable, "-c", code + check],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
    )
