"""cdk-nag's AwsSolutions rules over every integ app and variant."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.quality.acceptance import Accepted, unlisted, unused
from tests.quality.accepted_nag import ACCEPTED
from tests.quality.synthesis import ROOT, synthesize_all

PACK = "AwsSolutions"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Every finding as its rule, without the pack's name, and the construct's path."""
    folder = tmp_path_factory.mktemp("nag")
    assemblies = synthesize_all(folder, flags="recommended", nag=True)
    return [
        (finding.rule.removeprefix(f"{PACK}-"), finding.path)
        for app in assemblies.apps
        for finding in assemblies.findings(app)
        if finding.plugin == PACK
    ]


def test_every_finding_is_accepted_for_a_reason(found: list[tuple[str, str]]) -> None:
    assert unlisted(found, ACCEPTED) == []


def test_every_accepted_finding_is_still_found(found: list[tuple[str, str]]) -> None:
    assert unused(found, ACCEPTED) == []


def test_no_finding_is_accepted_twice(found: list[tuple[str, str]]) -> None:
    twice = {pair for pair in found if sum(line.covers(*pair) for line in ACCEPTED) > 1}

    assert twice == set()


LINE = Accepted(rule=r"IAM5\[Resource::\*\]", path="TaskRole/Policy", reason="no resource")


def test_a_finding_elsewhere_is_not_accepted() -> None:
    pairs = [
        ("IAM5[Resource::*]", "Stack/TaskRole/Policy"),
        ("IAM5[Resource::*]", "Stack/OtherTaskRole/Policy"),
        ("IAM5[Action::s3:*]", "Stack/TaskRole/Policy"),
    ]

    assert unlisted(pairs, [LINE]) == [
        "IAM5[Action::s3:*] at Stack/TaskRole/Policy",
        "IAM5[Resource::*] at Stack/OtherTaskRole/Policy",
    ]


def test_a_reason_for_what_is_no_longer_found_is_unused() -> None:
    assert unused([("IAM5[Resource::*]", "Stack/OtherRole/Policy")], [LINE]) == [LINE]


def test_the_library_never_imports_cdk_nag() -> None:
    importing = [path.name for path in (ROOT / "django_cdk").rglob("*.py") if _imports_nag(path)]

    assert importing == []


def _imports_nag(path: Path) -> bool:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    origins = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return any(name.split(".")[0] == "cdk_nag" for name in (*plain, *origins))
