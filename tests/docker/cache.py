"""What takes long to make and is the same each time: kept between runs, by what went into it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_WEEK = 7 * 24 * 3600


def cache_directory() -> Path:
    """`STAND_IN_CACHE`, else a directory of this project among the user's caches."""
    given = os.environ.get("STAND_IN_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    directory = Path(given) if given else Path(home) / "django-cdk" / "stand-ins"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def made(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The file or directory `name` made out of what `key` stands for; made once.

    :param make: gets a path that does not exist yet, and makes it. What nobody has asked for in a
        week is removed, so that the cache does not grow.
    """
    cache = cache_directory()
    wanted = cache / f"{name}-{key}"
    with locked(cache / f"{name}.lock"):
        if not wanted.exists():
            with tempfile.TemporaryDirectory(dir=cache, prefix=f"{name}.new-") as folder:
                new = Path(folder) / name
                make(new)
                new.rename(wanted)
        os.utime(wanted)
        for other in cache.glob(f"{name}[.-]*"):
            if time.time() - other.stat().st_mtime > _WEEK:
                shutil.rmtree(other) if other.is_dir() else other.unlink()
    return wanted


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; several suites may start together."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(paths: Iterable[Path], *words: str) -> str:
    """A short hash of files, by name, content and whether they can be run, and of words."""
    found = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        mode = oct(path.stat().st_mode & 0o100).encode()
        found.update(b"\0".join([path.name.encode(), mode, path.read_bytes(), b""]))
    return found.hexdigest()[:12]
