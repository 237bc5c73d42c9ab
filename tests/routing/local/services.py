"""Postgres and Redis behind TLS, and an emulator of S3, for as long as somebody needs them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.routing.local.sample import BACKEND, sample_python

_PROGRAM = Path(__file__).with_name("services_program.py")


class MissingPartError(LookupError):
    """This machine lacks Postgres, Redis or a way to run them; the message says which."""


@contextlib.contextmanager
def services(wanted: Mapping[str, Any], log: Path) -> Iterator[dict[str, int]]:
    """Runs what is wanted at the wanted address; the emulator of S3 has the port `s3`.

    :param wanted: `certificate`, `key`, `folder` and `address` of all; `database` (`username`,
        `password`, `name`), `cache` (`token`, `tls`) and `s3` for each that is to run.
    :raises MissingPartError: a part is not installed.
    """
    with log.open("wb") as errors:
        process = subprocess.Popen(
            # -P: names beside the program must not hide the backend's modules.
            [sample_python(), "-P", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=BACKEND,
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": str(BACKEND),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
    with process:
        try:
            process.stdin.write(json.dumps(wanted) + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            line = process.stdout.readline()  # type: ignore[union-attr]
            assert line, f"no services:\n{log.read_text()}"
            answer = json.loads(line)
            if "missing" in answer:
                raise MissingPartError(answer["missing"])
            yield answer
        finally:
            # It ends with its input, and takes its servers along.
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(timeout=60)
