"""A synth needs the CDK and nothing else."""

from __future__ import annotations

import subprocess
import sys

PROBE = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("boto3", "botocore", "yaml"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refused())
import django_cdk.docker_ec2
"""


def test_docker_ec2_loads_without_boto3_and_yaml() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
