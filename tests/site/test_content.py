"""The files of a site: how they are uploaded, kept by browsers, and forgotten by CloudFront."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Annotations, Match

from django_cdk import OptionError, StaticSite
from django_cdk.cdn.dist import Dist
from django_cdk.handlers.superseded.contract import MOST_KEYS, decode, fingerprint, fingerprints
from tests.site.sites import Made, synthesize_site, write_dist

BUILD = {
    "index.html": "<script src=/assets/index-B1xYz.js>",
    "assets/index-B1xYz.js": "1",
    "sw.js": "2",
    "manifest.webmanifest": "{}",
}

# What a .gitignore pattern, a shell or a URL could take for something else.
ODD_HASHED = [
    *("assets/[id]-1.js", "assets/a b.js", "assets/trail ", "assets/#x.js", "assets/!n.js"),
    *("assets/c\\d.js", "assets/*star.js", "assets/(group)/x.js", "assets/$y^.js", "assets/é.js"),
    *(
        "assets/{z}.js",
        "assets/+page.js",
        "assets/.hidden",
        "assets/~t.js",
        "assets/deep/index.html",
    ),
]
ODD_PAGES = [
    *(" lead.html", "!top.html", "#h.html", ".well-known/x", "Assets/a.html", "a\\b.html"),
    *("trail .html", "x.js/inner.html", "ü.html", "[id].html", "a*.html", "index.html"),
]


def made_of(
    folder: Path, files: Iterable[str] | Mapping[str, str], **options: object
) -> Made[StaticSite]:
    content = files if isinstance(files, Mapping) else dict.fromkeys(files, "x")
    return synthesize_site(path_to_dist=write_dist(folder, content), **options)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Made[StaticSite]:
    return made_of(tmp_path_factory.mktemp("dist"), BUILD)


def uploaded(made: Made[StaticSite], id: str) -> list[str]:
    """The files in the asset of an upload."""
    (key,) = made.upload(id)["SourceObjectKeys"]
    folder = made.template.assembly / f"asset.{key.removesuffix('.zip')}"
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def asset(made: Made[StaticSite], id: str) -> str:
    (key,) = made.upload(id)["SourceObjectKeys"]
    return str(key)


def superseded(made: Made[StaticSite]) -> str:
    return str(made.template.one("Custom::SupersededFiles")["Current"])


def test_hashed_files_are_kept_for_a_year(built: Made[StaticSite]) -> None:
    assert built.upload("Hashed")["SystemMetadata"] == {
        "cache-control": "public, max-age=31536000, immutable"
    }
    assert uploaded(built, "Hashed") == ["assets/index-B1xYz.js"]


def test_pages_are_asked_for_on_every_load(built: Made[StaticSite]) -> None:
    assert built.upload("Pages")["SystemMetadata"] == {"cache-control": "no-cache"}
    assert uploaded(built, "Pages") == ["index.html", "manifest.webmanifest", "sw.js"]


def test_hashed_files_are_never_pruned(built: Made[StaticSite]) -> None:
    assert built.upload("Hashed")["Prune"] is False


def test_pages_that_are_gone_are_pruned_and_hashed_files_are_not(built: Made[StaticSite]) -> None:
    assert built.upload("Pages")["Prune"] is True
    assert built.upload("Pages")["Exclude"] == ["assets/*"]


def test_hashed_files_of_other_build_tools_are_not_pruned(tmp_path: Path) -> None:
    files = ["index.html", "js/app.1.js", "css/app.2.css"]
    made = made_of(tmp_path, files, hashed_paths=["js/*", "css/*"])

    assert made.upload("Pages")["Exclude"] == ["js/*", "css/*"]
    assert uploaded(made, "Hashed") == ["css/app.2.css", "js/app.1.js"]


def test_pages_come_after_the_files_that_they_name(built: Made[StaticSite]) -> None:
    assert built.upload("Hashed").id in built.upload("Pages").definition["DependsOn"]


def test_old_files_are_marked_after_the_pages_that_no_longer_name_them(
    built: Made[StaticSite],
) -> None:
    marked = built.template.one("Custom::SupersededFiles")

    assert built.upload("Pages").id in marked.definition["DependsOn"]


def test_the_files_of_the_build_are_told_to_the_function_that_marks(
    built: Made[StaticSite],
) -> None:
    marked = built.template.one("Custom::SupersededFiles")

    assert marked["Bucket"] == built.template.of(built.construct.bucket).ref
    assert marked["Patterns"] == ["assets/*"]
    assert decode(marked["Current"]) == {fingerprint("assets/index-B1xYz.js")}


def actions(statement: Mapping[str, Any]) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


def test_the_function_that_marks_may_do_so_in_this_bucket_only(built: Made[StaticSite]) -> None:
    template, bucket = built.template, built.template.of(built.construct.bucket)
    (role,) = [
        one
        for one in template.of_type("AWS::IAM::Role")
        if one.id.startswith("SupersededFilesProviderOnEventRole")
    ]
    granted = {
        action: statement["Resource"]
        for statement in template.statements(role)
        for action in actions(statement)
        if action.startswith("s3:")
    }

    objects = {"Fn::Join": ["", [bucket.attribute("Arn"), "/*"]]}
    assert granted == {
        "s3:ListBucket": bucket.attribute("Arn"),
        "s3:GetObject": objects,
        "s3:GetObjectTagging": objects,
        "s3:PutObject": objects,
        "s3:PutObjectTagging": objects,
    }


def test_only_pages_are_invalidated(built: Made[StaticSite]) -> None:
    distribution = built.template.of(built.construct.distribution)

    assert built.upload("Pages")["DistributionId"] == distribution.ref
    assert built.upload("Pages")["DistributionPaths"] == [
        *("/index.html", "/manifest.webmanifest", "/sw.js")
    ]
    assert "DistributionId" not in built.upload("Hashed").properties
    assert "DistributionPaths" not in built.upload("Hashed").properties


def test_many_pages_are_invalidated_as_one_path(tmp_path: Path) -> None:
    made = made_of(
        tmp_path, ["index.html", *(f"posts/{n}.html" for n in range(20))], hashed_paths=[]
    )

    assert made.upload("Pages")["DistributionPaths"] == ["/*"]


@pytest.mark.parametrize("name", ["a b.html", "ü.html", "a*.html", "a#.html", "100%.html"])
def test_pages_with_names_that_urls_write_otherwise_are_invalidated_as_one_path(
    tmp_path: Path, name: str
) -> None:
    made = made_of(tmp_path, ["index.html", name], hashed_paths=[])

    assert made.upload("Pages")["DistributionPaths"] == ["/*"]


def test_another_page_leaves_the_hashed_files_alone(
    built: Made[StaticSite], tmp_path: Path
) -> None:
    later = made_of(tmp_path, {**BUILD, "index.html": "other"})

    assert asset(later, "Hashed") == asset(built, "Hashed")
    assert superseded(later) == superseded(built)
    assert asset(later, "Pages") != asset(built, "Pages")


def test_another_hashed_file_leaves_the_pages_alone(
    built: Made[StaticSite], tmp_path: Path
) -> None:
    later = made_of(tmp_path, {**BUILD, "assets/lazy-C2.js": "2"})

    assert asset(later, "Pages") == asset(built, "Pages")
    assert asset(later, "Hashed") != asset(built, "Hashed")
    assert superseded(later) != superseded(built)


def test_the_same_build_elsewhere_changes_nothing(built: Made[StaticSite], tmp_path: Path) -> None:
    assert made_of(tmp_path, BUILD).template.text == built.template.text


def test_every_file_is_uploaded_once_whatever_its_name(tmp_path: Path) -> None:
    made = made_of(tmp_path, [*ODD_HASHED, *ODD_PAGES])

    assert uploaded(made, "Hashed") == sorted(ODD_HASHED)
    assert uploaded(made, "Pages") == sorted(ODD_PAGES)


def test_a_site_without_hashed_files_is_pages_only(tmp_path: Path) -> None:
    made = made_of(tmp_path, ["index.html", "style.css"], hashed_paths=[])

    assert len(made.template.of_type("Custom::CDKBucketDeployment")) == 1
    assert uploaded(made, "Pages") == ["index.html", "style.css"]
    assert "Custom::SupersededFiles" not in made.template.types


def warnings(made: Made[StaticSite]) -> int:
    found = Annotations.from_stack(made.template.stack)
    return len(found.find_warning("*", Match.string_like_regexp("matches hashed_paths=")))


def test_patterns_that_no_file_matches_are_warned_of(tmp_path: Path) -> None:
    assert warnings(made_of(tmp_path, ["index.html", "js/app.1.js"])) == 1


def test_no_patterns_and_no_warning(tmp_path: Path, built: Made[StaticSite]) -> None:
    assert warnings(made_of(tmp_path, ["index.html"], hashed_paths=[])) == 0
    assert warnings(built) == 0


def test_more_hashed_files_than_the_function_can_be_told_of_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple(f"assets/{n}.js" for n in range(MOST_KEYS + 1))
    dist = Dist(directory=write_dist(tmp_path, BUILD), hashed=files, pages=("index.html",))
    monkeypatch.setattr(Dist, "read", lambda *_given: dist)

    with pytest.raises(OptionError, match="12,001 files match, and 12,000 are the most") as refused:
        synthesize_site(path_to_dist=dist.directory)
    assert str(refused.value).startswith("Stack/Site: hashed_paths=['assets/*']")
    assert len(decode(fingerprints(files[:-1]))) == MOST_KEYS


def test_uploads_have_the_memory_that_sites_with_images_need(built: Made[StaticSite]) -> None:
    token = built.upload("Pages")["ServiceToken"]["Fn::GetAtt"][0]

    assert built.upload("Hashed")["ServiceToken"]["Fn::GetAtt"][0] == token
    assert built.template.resources[token]["MemorySize"] == 512
