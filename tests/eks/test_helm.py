"""The chart under the real helm, with the values of real templates."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from django_cdk.eks.helm_release import CHART, RELEASE
from tests.eks.objects import Manifest
from tests.eks.synthesized import Synthesized

Helm = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(params=["blog", "everything", "auto_mode"])
def synthesized(request: pytest.FixtureRequest) -> Synthesized:
    found: Synthesized = request.getfixturevalue(request.param)
    return found


def write(values: Manifest, folder: Path) -> str:
    path = folder / "values.json"
    path.write_text(json.dumps(values))
    return str(path)


def test_helm_prints_the_objects_as_they_were_handed_over(
    helm: Helm, synthesized: Synthesized, tmp_path: Path
) -> None:
    values = write(synthesized.values("application"), tmp_path)

    done = helm("template", RELEASE, str(CHART), "--namespace", "app", "--values", values)

    assert done.returncode == 0, done.stderr
    printed = [one for one in yaml.safe_load_all(done.stdout) if one]
    key = lambda one: (one["kind"], one["metadata"]["name"])  # noqa: E731
    assert sorted(printed, key=key) == sorted(synthesized.manifests, key=key)


def test_helm_finds_no_fault_in_the_chart(
    helm: Helm, synthesized: Synthesized, tmp_path: Path
) -> None:
    values = write(synthesized.values("application"), tmp_path)

    done = helm("lint", "--strict", str(CHART), "--values", values)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 chart(s) failed" in done.stdout
    assert "WARNING" not in done.stdout


def test_numbers_and_texts_keep_their_kind(helm: Helm, tmp_path: Path) -> None:
    data = {"big": 1234567890, "text": "0123", "yes": "true", "lines": "a\nb\n", "braces": "{{ }}"}
    one = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": data}
    values = write({"manifests": [one]}, tmp_path)

    done = helm("template", RELEASE, str(CHART), "--values", values)

    assert yaml.safe_load(done.stdout) == one


def test_the_handler_s_options_are_known_to_this_helm(helm: Helm) -> None:
    options = ["--install", "--wait", "--timeout", "280s", "--atomic"]

    done = helm("upgrade", RELEASE, str(CHART), *options, "--kubeconfig", "/nonexistent")

    assert "unknown flag" not in done.stderr
    assert "/nonexistent" in done.stderr
