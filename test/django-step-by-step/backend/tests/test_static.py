"""`collectstatic` into the bucket, while an older version of the site is still open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command


@pytest.fixture
def source(bucket: Any, settings: Any, tmp_path: Path) -> Any:
    """A folder of static files, the only one that is collected."""
    folder = tmp_path / "source"
    folder.mkdir()
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [folder]
    get_finder.cache_clear()
    yield folder
    get_finder.cache_clear()


def release(source: Path, color: str) -> None:
    (source / "icon.svg").write_text("<svg/>")
    (source / "page.css").write_text(f"a {{ color: {color}; background: url(icon.svg) }}")
    call_command("collectstatic", "--no-input", verbosity=0)


def hashed(bucket: Any) -> set[str]:
    names = {item.key for item in bucket.objects.all()}
    return {name for name in names if re.search(r"page\.[0-9a-f]{12}\.css$", name)}


def test_a_release_keeps_the_files_that_open_pages_name(bucket: Any, source: Path) -> None:
    release(source, "red")
    (old,) = hashed(bucket)
    release(source, "blue")
    assert old in hashed(bucket)
    assert len(hashed(bucket)) == 2


def test_hashed_files_and_manifest_are_never_missing_for_a_moment(
    bucket: Any, source: Path
) -> None:
    bucket.Versioning().enable()
    for color in ("red", "red", "blue"):
        release(source, color)
    versions = list(bucket.object_versions.all())
    written = [version.object_key for version in versions]
    # A version without a size is the mark that a deletion leaves.
    deleted = {version.object_key for version in versions if version.size is None}
    manifest = "static/staticfiles.json"
    assert not deleted & {*hashed(bucket), manifest}
    assert {written.count(name) for name in hashed(bucket)} == {1}
    assert written.count(manifest) == 3


def test_a_hashed_stylesheet_names_hashed_files(bucket: Any, source: Path) -> None:
    release(source, "red")
    (name,) = hashed(bucket)
    content = bucket.Object(name).get()["Body"].read().decode()
    assert re.search(r'url\("icon\.[0-9a-f]{12}\.svg"\)', content)
