"""A tag is released only when version and changelog agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.release_notes import ReleaseError, main, release_notes

ROOT = Path(__file__).parents[2]

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.3] - 2026-11-21

### Added

- A thing.

## [1.2.2] - 2026-10-01

- Older.

[1.2.3]: https://example.com
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def test_the_notes_are_the_versions_section(repository: Path) -> None:
    assert release_notes("v1.2.3", root=repository) == "### Added\n\n- A thing."


def test_link_targets_are_left_out(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[project]\nversion = "1.2.2"\n')

    assert release_notes("v1.2.2", root=repository) == "- Older."


def test_another_version_is_refused(repository: Path) -> None:
    with pytest.raises(ReleaseError, match=r"v1\.3\.0, but pyproject\.toml has version 1\.2\.3"):
        release_notes("v1.3.0", root=repository)


@pytest.mark.parametrize(
    "section", ["", "## [1.2.3]\n\n- Undated.\n", "## [1.2.3] - 2026-11-21\n\n"]
)
def test_a_missing_undated_or_empty_section_is_refused(repository: Path, section: str) -> None:
    (repository / "CHANGELOG.md").write_text(f"# Changelog\n\n{section}")

    with pytest.raises(ReleaseError, match=r"no section '## \[1\.2\.3\]"):
        release_notes("v1.2.3", root=repository)


def test_the_message_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["v0.0.0"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    titles = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text())

    assert titles[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", one) for one in titles[1:])
