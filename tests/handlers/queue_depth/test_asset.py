"""The code as Lambda loads it: the asset's root on the path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import django_cdk.handlers

ROOT = Path(django_cdk.handlers.__file__).parent

PROBE = """
import importlib, sys
before = set(sys.modules)
module = importlib.import_module("queue_depth.{module}")
assert callable(module.{function})
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""


def loaded(module: str, function: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(module=module, function=function)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_reader_needs_nothing_but_python() -> None:
    assert loaded("reader", "read") == {"queue_depth"}


@pytest.mark.parametrize("package", ["boto3", "queue_depth"])
def test_the_publisher_needs_boto3(package: str) -> None:
    assert package in loaded("index", "publish")
