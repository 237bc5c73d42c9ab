"""An AWS account on this machine: moto answers for Secrets Manager, S3, ECR and Systems Manager."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.stacks import ACCOUNT, REGION

_PORT = 5000
# moto takes any.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "of-the-instance-role"}


@dataclass(frozen=True)
class Account:
    """Its services, under one endpoint."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """What leads the AWS command line, and boto3 in containers, here.

        On a real instance neither is set: AWS is where it always is, and credentials come from the
        instance's role.
        """
        return {"AWS_ENDPOINT_URL": self.endpoint, **CREDENTIALS}

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def registry_password(self) -> str:
        """What `aws ecr get-login-password` prints."""
        (data,) = self.client("ecr").get_authorization_token()["authorizationData"]
        return base64.b64decode(data["authorizationToken"]).decode().removeprefix("AWS:")


@contextlib.contextmanager
def account(address: str, log: Path) -> Iterator[Account]:
    """Answers at this address until the end."""
    with log.open("wb") as output:
        # A process of its own: warnings of its libraries are no errors of the tests.
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "--host", address, "--port", str(_PORT)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={"PATH": os.environ["PATH"], "MOTO_ACCOUNT_ID": ACCOUNT},
        )
    try:
        wait_for_port(address, _PORT, process, log)
        yield Account(endpoint=f"http://{address}:{_PORT}")
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for_port(address: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when something listens there."""
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            if time.monotonic() > end or process.poll() is not None:
                message = f"{process.args!r} does not start:\n{log.read_text()}"
                raise RuntimeError(message) from None
            time.sleep(0.1)
        else:
            return
