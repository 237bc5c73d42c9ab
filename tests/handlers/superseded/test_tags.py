"""Which files are marked to expire, and what becomes of them, with boto3 against moto's S3."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.handlers.superseded.conftest import BUCKET, Site, deploy

TAG = {"django-cdk-superseded": "true"}
OLD = "assets/index-old.js"
NEW = "assets/index-new.js"


def test_a_file_of_an_earlier_build_is_marked_and_its_age_starts_again(site: Site) -> None:
    site.upload(OLD, NEW)

    assert deploy(NEW) == {"Superseded": 1, "Restored": 0, "Left": 0}
    assert site.tags(OLD) == TAG
    assert site.is_new(OLD)


def test_a_file_of_the_current_build_is_not_touched(site: Site) -> None:
    site.upload(OLD, NEW)
    deploy(NEW)

    assert site.tags(NEW) == {}
    assert not site.is_new(NEW)


def test_a_marked_file_keeps_its_content_headers_metadata_and_storage_class(site: Site) -> None:
    headers = {
        "CacheControl": "public, max-age=31536000, immutable",
        "ContentDisposition": "inline",
        "ContentEncoding": "gzip",
        "ContentLanguage": "en",
        "ContentType": "text/javascript",
        "Metadata": {"build": "7"},
        "StorageClass": "STANDARD_IA",
    }
    expires = datetime(2031, 5, 1, tzinfo=UTC)
    site.upload(OLD, **headers, Expires=expires)
    deploy(NEW)

    head = site.head(OLD)
    assert {name: head[name] for name in headers} == headers
    assert head["Expires"] == expires
    assert site.s3.get_object(Bucket=BUCKET, Key=OLD)["Body"].read() == OLD.encode()


def test_a_marked_file_keeps_its_other_tags(site: Site) -> None:
    site.upload(OLD, Tagging=f"team={quote('web + app=1')}")
    deploy(NEW)

    assert site.tags(OLD) == {"team": "web + app=1", **TAG}


def test_the_next_deployment_does_not_renew_a_marked_file(site: Site) -> None:
    site.upload(OLD, NEW)
    deploy(NEW)
    before = site.stored(OLD)

    assert deploy(NEW) == {"Superseded": 0, "Restored": 0, "Left": 0}
    assert site.stored(OLD) is before


def test_a_rollback_takes_the_mark_off_and_starts_the_age_again(site: Site) -> None:
    site.upload(OLD, NEW, Tagging="team=web")
    deploy(NEW)
    site.stored(OLD).last_modified = site.stored(NEW).last_modified

    assert deploy(OLD) == {"Superseded": 1, "Restored": 1, "Left": 0}
    assert site.tags(OLD) == {"team": "web"}
    assert site.is_new(OLD)
    assert site.superseded() == {NEW}


def test_the_last_tag_is_taken_off_too(site: Site) -> None:
    site.upload(OLD, Tagging="django-cdk-superseded=true")
    deploy(OLD)

    assert site.tags(OLD) == {}


def test_a_first_deployment_to_a_bucket_with_files_marks_the_old_ones(site: Site) -> None:
    site.upload(OLD, NEW)
    deploy(NEW, kind="Create")

    assert site.superseded() == {OLD}


def test_only_keys_that_match_a_pattern_are_looked_at(site: Site) -> None:
    site.upload(OLD, "index.html", "assets.txt", "static/css/main.css", "static/logo.png")
    deploy(NEW, Patterns=["assets/*", "static/*.css"])

    assert site.superseded() == {OLD, "static/css/main.css"}


def test_patterns_inside_one_another_mark_each_file_once(site: Site) -> None:
    site.upload("assets/js/old.js")

    assert deploy(NEW, Patterns=["assets/*", "assets/js/*.js"])["Superseded"] == 1


def test_a_pattern_without_a_fixed_beginning_looks_at_the_whole_bucket(site: Site) -> None:
    site.upload("old.js", "deep/old.js", "index.html")
    deploy(NEW, Patterns=["*.js"])

    assert site.superseded() == {"old.js", "deep/old.js"}


@pytest.mark.parametrize("key", ["assets/a b+c&d.js", "assets/Füße-日本.js", "assets/50%.css"])
def test_any_key_can_be_marked_and_restored(site: Site, key: str) -> None:
    site.upload(key)
    deploy(NEW)
    assert site.tags(key) == TAG

    deploy(key)
    assert site.tags(key) == {}


def test_old_ones_among_2_500_files_are_marked_on_every_page(site: Site) -> None:
    keys = [f"assets/chunk-{number:04}.js" for number in range(2500)]
    site.upload_at_once(keys)
    old = set(keys[::50])

    assert deploy(*(set(keys) - old)) == {"Superseded": 50, "Restored": 0, "Left": 0}
    assert {key for key in keys if site.is_new(key)} == old


def test_an_empty_bucket_is_no_error(site: Site) -> None:
    assert deploy(NEW) == {"Superseded": 0, "Restored": 0, "Left": 0}
