"""What stack and Lambda code agree on, and that Lambda can load the code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import django_cdk.handlers
from django_cdk.handlers.superseded.contract import MOST_KEYS, decode, fingerprint, fingerprints
from tests.handlers.superseded.conftest import event

ROOT = Path(django_cdk.handlers.__file__).parent

PROBE = """
import importlib, sys
before = set(sys.modules)
module = importlib.import_module("superseded.{module}")
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""


def loaded(module: str) -> set[str]:
    """What importing a module from the asset's root loads beside the standard library."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(module=module)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in done.stdout.split() if not name.startswith("_")}


def test_lambda_loads_the_handler_from_the_assets_root_with_boto3_only() -> None:
    of_boto3 = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"}
    of_boto3 |= {"certifi"}  # botocore takes it where it is installed, and does without elsewhere
    of_boto3 |= {"backports"}  # where urllib3 looks for zstd, if any package brings that namespace

    assert loaded("index") - of_boto3 == {"superseded"}


def test_the_stack_can_use_the_contract_without_boto3() -> None:
    assert loaded("contract") == {"superseded"}


def test_the_fingerprint_of_a_key_never_changes() -> None:
    assert fingerprint("assets/index-B1xYz.js") == "OUHIaYes"


def test_every_key_is_found_again_and_no_other() -> None:
    keys = [f"assets/chunk-{number}.js" for number in range(2000)]
    current = decode(fingerprints(keys))

    assert all(fingerprint(key) in current for key in keys)
    assert not any(fingerprint(f"{key}.map") in current for key in keys)


def test_order_and_repetition_of_keys_change_nothing() -> None:
    assert fingerprints(["b", "a", "b"]) == fingerprints(["a", "b"])


def test_another_build_has_other_fingerprints() -> None:
    assert fingerprints(["a", "b"]) != fingerprints(["a", "c"])


def test_a_build_without_files_is_refused_because_all_files_would_expire() -> None:
    with pytest.raises(ValueError, match="A build of 0 files; give 1 to 12,000"):
        fingerprints([])


def test_too_many_files_are_refused() -> None:
    with pytest.raises(ValueError, match="A build of 12001 files"):
        fingerprints(str(number) for number in range(MOST_KEYS + 1))


def test_an_update_of_the_largest_build_fits_into_an_asynchronous_event() -> None:
    build, former = (
        {"Bucket": "b" * 63, "Current": fingerprints(f"{name}{n}" for n in range(MOST_KEYS))}
        for name in ("new", "old")
    )
    update = {**event("Update", **build), "OldResourceProperties": former}

    assert len(json.dumps(update)) < 256 * 1024
