"""A built single-page application, read from disk."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django_cdk.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HOW_TO_BUILD = "build the site first (for Vite: npm ci && npm run build) and give the directory it"

_GITIGNORE_SPECIAL = re.compile(r"([\\*?\[\]!# ])")


@dataclass(frozen=True, kw_only=True)
class Dist:
    """The files of a built site, sorted by how long a browser may keep them.

    :param directory: where they lie.
    :param hashed: files whose name changes with their content: kept for a year.
    :param pages: all others (index.html, service worker, manifest): asked for on every load.
    """

    directory: str
    hashed: tuple[str, ...]
    pages: tuple[str, ...]

    @classmethod
    def read(cls, path_to_dist: str, hashed_paths: Sequence[str]) -> Dist:
        """The built site in a directory.

        :param hashed_paths: patterns of the hashed files, such as ``assets/*``.
        :raises OptionError: no such directory, no ``index.html``, or it is under a hashed pattern;
            a pattern that no file can match.
        """
        _check_patterns(hashed_paths)
        root = Path(path_to_dist)
        if not root.is_dir():
            raise OptionError(
                "path_to_dist",
                path_to_dist,
                f"there is no such directory; {_HOW_TO_BUILD} writes to.",
            )
        files = sorted(one.relative_to(root).as_posix() for one in root.rglob("*") if one.is_file())
        if "index.html" not in files:
            raise OptionError(
                "path_to_dist",
                path_to_dist,
                f"there is no index.html in it; {_HOW_TO_BUILD} writes that file to.",
            )
        hashed = {one for one in files if _matches(one, hashed_paths)}
        if "index.html" in hashed:
            raise OptionError(
                "hashed_paths",
                list(hashed_paths),
                "index.html matches: a browser would keep it for a year and see no deployment.",
            )
        return cls(
            directory=path_to_dist,
            hashed=tuple(sorted(hashed)),
            pages=tuple(one for one in files if one not in hashed),
        )

    def check_routes(self, patterns: Iterable[str]) -> None:
        """Refuses files that a path pattern of the distribution would hide.

        :raises OptionError: naming file and pattern.
        """
        for pattern in patterns:
            for one in (*self.pages, *self.hashed):
                if fnmatch.fnmatchcase(f"/{one}", pattern):
                    raise OptionError(
                        "path_to_dist",
                        self.directory,
                        f"its file /{one} can't be reached: {pattern} goes elsewhere. Have the "
                        "site built into another directory, or change the path pattern.",
                    )


def ignore_patterns(files: Iterable[str]) -> list[str]:
    """Exact files as .gitignore patterns."""
    return ["/" + _GITIGNORE_SPECIAL.sub(r"\\\1", one) for one in files]


def _check_patterns(hashed_paths: Sequence[str]) -> None:
    if isinstance(hashed_paths, str):
        raise OptionError("hashed_paths", hashed_paths, f"give a list: [{hashed_paths!r}].")
    for pattern in hashed_paths:
        if pattern.startswith(("/", "./")):
            raise OptionError(
                "hashed_paths",
                pattern,
                f"patterns are relative to path_to_dist: give {pattern.lstrip('./')!r}.",
            )


def _matches(file: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(file, pattern) for pattern in patterns)
