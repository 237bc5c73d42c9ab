"""The sample application: its folders, its Python, its built front end."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.environment import ROOT, tool_environment
from tools.node import node_executable, npm_script

BACKEND = ROOT / "test/django-step-by-step/backend"
FRONTEND = ROOT / "test/django-step-by-step/frontend"
_BUILD = ROOT / "build/routing"


def sample_python() -> Path:
    """The Python with the backend's requirements: SAMPLE_PYTHON, or that of `make test-sample`."""
    python = Path(os.environ.get("SAMPLE_PYTHON") or ROOT / ".venv-sample/bin/python")
    if not python.is_file():
        pytest.skip(f"no {python}: make .venv-sample/.installed")
    return python


def built_front_end() -> Path:
    """The front end's dist, built when its sources have changed since the last time."""
    sources = _sources()
    checksum = hashlib.sha256()
    for file in sources:
        checksum.update(f"{file}\0".encode() + (FRONTEND / file).read_bytes() + b"\0")
    built = _BUILD / f"dist-{checksum.hexdigest()[:16]}"
    if not built.is_dir():
        _build(sources, built)
    return built


def _sources() -> list[Path]:
    """What the front end is built from; not what a build or an installation leaves behind."""
    left = {"node_modules", "dist", "tests"}
    return sorted(
        file.relative_to(FRONTEND)
        for file in FRONTEND.rglob("*")
        if file.is_file()
        and not left & set(file.relative_to(FRONTEND).parts)
        and file.suffix != ".tsbuildinfo"
    )


def _build(sources: list[Path], built: Path) -> None:
    """In a copy, so that a build never disturbs the folder that somebody works in."""
    work = _BUILD / "frontend"
    for stale in _BUILD.glob("dist-*"):
        shutil.rmtree(stale)
    shutil.rmtree(work / "src", ignore_errors=True)
    for file in sources:
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FRONTEND / file, work / file)
    _npm(work, "ci", "--no-audit", "--no-fund", "--prefer-offline")
    _npm(work, "run", "build")
    (work / "dist").rename(built)


def _npm(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [node_executable(), npm_script(), *arguments],
        cwd=folder,
        env=tool_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 and arguments[0] == "ci":
        pytest.skip(f"the front end's packages can't be installed:\n{done.stderr[-2000:]}")
    assert done.returncode == 0, done.stdout + done.stderr
