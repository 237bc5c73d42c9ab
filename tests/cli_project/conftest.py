"""The command line in a folder of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from django_cdk.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `django-cdk` in a folder: exit code, standard output, standard error."""

    def run_in(folder: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        capfd.readouterr()
        code = main(list(words))
        out, err = capfd.readouterr()
        return code, out, err

    return run_in
