"""Refresh requirements/*.txt from pyproject.toml: `make lock`.

`dev.txt` holds the newest versions the ranges allow, `lowest.txt` the same test tools beside the
lowest versions of the library's own dependencies; `docs.txt` and `load.txt` are the environments of
the documentation site and of the load test. All are universal (one file for every Python
and platform) and name no package index, so that they install from any.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOWEST_PYTHON = "3.11"


def lowest_pins(dependencies: list[str]) -> list[str]:
    """Return each requirement pinned to its lower bound: `a>=1,<2` gives `a==1`."""
    pins = []
    for dependency in dependencies:
        bound = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:,<.+)?", dependency)
        if bound is None:
            message = (
                f"pyproject.toml: dependency {dependency!r} has no lower bound; give name>=x.y.z"
            )
            raise ValueError(message)
        pins.append(f"{bound[1]}=={bound[2]}")
    return pins


def _compile(output: str, *options: str, source: tuple[str, ...] = ("pyproject.toml",)) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", *source),
            *("--quiet", "--upgrade", "--universal", "--python-version", LOWEST_PYTHON),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
            *("--custom-compile-command", "make lock"),
            *("--output-file", f"requirements/{output}"),
            *options,
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    """Write all lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    _compile("dev.txt", "--group", "dev", "--group", "build")
    for group in ("docs", "load"):
        # One group alone: the library's own dependencies stay out.
        _compile(f"{group}.txt", "--group", group, source=())
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write("\n".join(lowest_pins(project["dependencies"])))
        pins.flush()
        _compile("lowest.txt", "--group", "test", "--group", "build", "--constraint", pins.name)


if __name__ == "__main__":
    main()
