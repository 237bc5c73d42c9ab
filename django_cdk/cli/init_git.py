"""The project's git repository, read from its files."""

from __future__ import annotations

import re
from pathlib import Path

_GITHUB = re.compile(
    r"url\s*=\s*\S*github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", re.MULTILINE
)


def git_folder(folder: Path) -> Path | None:
    """The root of the repository that a folder lies in; None: it is in none."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def github_repository(git: Path | None) -> str | None:
    """``owner/name`` of the first remote at GitHub."""
    match = _GITHUB.search(_read(git, "config"))
    return match[1] if match else None


def main_branch(git: Path | None) -> str:
    """The branch to deploy. Any but these two is probably where this is being tried."""
    return "master" if _read(git, "HEAD").strip().endswith("/master") else "main"


def _read(git: Path | None, name: str) -> str:
    # In a worktree .git is a file, and what would be read here lies elsewhere.
    path = git / ".git" / name if git else None
    return path.read_text(encoding="utf-8") if path and path.is_file() else ""
