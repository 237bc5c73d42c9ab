"""The code as Lambda loads it: the asset's root on the path, boto3 beside it, nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import django_cdk.handlers
from django_cdk.handlers.release import index

ROOT = Path(django_cdk.handlers.__file__).parent

PROBE = """
import importlib, sys
before = set(sys.modules)
module = importlib.import_module("release.index")
assert callable(module.on_event) and callable(module.is_complete)
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""


def test_the_handler_strings_resolve_from_the_assets_root_with_boto3_only():
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    of_boto3 = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"}
    of_boto3 |= {"certifi"}  # botocore takes it where it is installed, and does without elsewhere
    of_boto3 |= {"backports"}  # where urllib3 looks for zstd, if any package brings that namespace
    loaded = {name for name in done.stdout.split() if not name.startswith("_")}
    assert loaded - of_boto3 == {"release"}


def test_two_calls_that_stay_unanswered_end_within_the_functions_minute():
    config = index._CONFIG
    attempts = config.retries["total_max_attempts"]
    waits = sum(2**attempt for attempt in range(attempts - 1))  # botocore's longest back-off
    longest = attempts * (config.connect_timeout + config.read_timeout) + waits
    assert 2 * longest <= 50
