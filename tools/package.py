"""Build sdist and wheel, the same bytes for the same commit: `make package`.

The wheel is built from the sdist, as installers without wheels do it. Both are checked as the
package index checks them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def commit_time(root: Path = ROOT) -> str | None:
    """Return when the last commit was made, in seconds since 1970; None outside a repository."""
    done = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607 - wherever git lies
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def build(output: Path, *, root: Path = ROOT, kinds: tuple[str, ...] = ()) -> None:
    """Build into that folder, by default the sdist and from it the wheel.

    `kinds` are the options of `python -m build` that choose otherwise.
    """
    environment = dict(os.environ)
    if time := commit_time(root):
        # The time of the files in the archives; without it hatchling takes a fixed one.
        environment.setdefault("SOURCE_DATE_EPOCH", time)
    # hatchling is there already, in the version of requirements/dev.txt.
    subprocess.run(
        [
            *(sys.executable, "-m", "build", "--no-isolation"),
            *("--outdir", str(output), *kinds, str(root)),
        ],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> int:
    """Build into dist/ and check what is there."""
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    build(dist)
    archives = sorted(str(path.relative_to(ROOT)) for path in dist.iterdir())
    check = [sys.executable, "-m", "twine", "check", "--strict", *archives]
    return subprocess.run(check, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
