"""What `import django_cdk` gives, and what it costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import django_cdk

ROOT = Path(__file__).parents[2]

# Importing takes about 3 ms. Processor time, since the machine is busy with other tests.
PROMISED_SECONDS = 0.05


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_importing_it_loads_no_cdk() -> None:
    loaded = run("import sys, django_cdk; print('aws_cdk' in sys.modules, 'jsii' in sys.modules)")

    assert loaded == "False False"


@pytest.mark.parametrize("name", ["DjangoApp", "Worker", "Scaling", "OptionError", "SecretField"])
def test_describing_an_application_loads_no_cdk(name: str) -> None:
    loaded = run(f"import sys; from django_cdk import {name}; print('aws_cdk' in sys.modules)")

    assert loaded == "False"


def test_importing_it_takes_less_than_it_promises() -> None:
    code = (
        "import time; start = time.process_time(); import django_cdk;"
        "print(time.process_time() - start)"
    )

    assert min(float(run(code)) for _ in range(3)) < PROMISED_SECONDS


def test_every_public_name_can_be_had() -> None:
    for name in django_cdk.__all__:
        assert getattr(django_cdk, name).__name__ == name


def test_type_checkers_see_the_same_public_names() -> None:
    source = ast.parse(Path(str(django_cdk.__file__)).read_text())
    seen = {
        alias.asname
        for statement in ast.walk(source)
        if isinstance(statement, ast.ImportFrom) and statement.level == 1
        for alias in statement.names
    }

    assert seen == set(django_cdk.__all__)


def test_public_names_are_in_dir() -> None:
    assert set(django_cdk.__all__) <= set(dir(django_cdk))


def test_every_public_name_is_documented() -> None:
    undocumented = [one for one in django_cdk.__all__ if not getattr(django_cdk, one).__doc__]

    assert undocumented == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'DjangoLambda'"):
        _ = django_cdk.DjangoLambda
