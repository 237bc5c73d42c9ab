"""The comment that tells what a change would do to deployed applications."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import synth_diff
from tools.replacements import Change
from tools.synth_diff import StackDiff, compare, markdown

if TYPE_CHECKING:
    import pytest

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "a"}}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"Description": "a"}}


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


def told(before: dict[str, Any], after: dict[str, Any]) -> str:
    return markdown(compare({"ecs": {"Blog": before}}, {"ecs": {"Blog": after}}))


def test_equal_templates_make_one_sentence() -> None:
    same = template(Files=BUCKET)

    assert told(same, same) == "## Synthesized templates\n\nNo difference in 1 apps.\n"


def test_what_is_added_is_told() -> None:
    text = told(template(), template(Files=BUCKET))

    assert "<code>ecs</code>, stack Blog: 1 added" in text
    assert "| Added | AWS::S3::Bucket `Files` |" in text


def test_a_change_in_place_is_told() -> None:
    changed = {**ROLE, "Properties": {"Description": "b"}}

    assert "| Changed | AWS::IAM::Role `Role` |" in told(
        template(Role=ROLE), template(Role=changed)
    )


def test_a_changed_custom_resource_is_told_too() -> None:
    def chart(values: str) -> dict[str, Any]:
        return {"Type": "Custom::Chart", "Properties": {"Values": values}}

    text = told(template(Chart=chart("a")), template(Chart=chart("b")))

    assert "| Changed | Custom::Chart `Chart` |" in text


def test_a_replacement_names_its_property_and_warns() -> None:
    renamed = {**BUCKET, "Properties": {"BucketName": "b"}}

    text = told(template(Files=BUCKET), template(Files=renamed))

    assert "[!CAUTION]" in text
    assert "- `ecs`: AWS::S3::Bucket `Files` (`BucketName`)\n" in text
    assert "| Replaced | AWS::S3::Bucket `Files` (`BucketName`) |" in text


def test_what_goes_without_data_is_no_caution() -> None:
    text = told(template(Role=ROLE), template())

    assert "| Removed | AWS::IAM::Role `Role` |" in text
    assert "CAUTION" not in text


def test_what_is_kept_in_the_account_is_told_apart() -> None:
    kept = {**BUCKET, "DeletionPolicy": "Retain"}

    assert "`Files`, kept in the account |" in told(template(Files=kept), template())


def test_a_new_app_is_compared_with_nothing() -> None:
    (diff,) = compare({}, {"site": {"Site": template(Files=BUCKET)}})

    assert (diff.app, diff.stack) == ("site", "Site")
    assert [change.impact for change in diff.changes] == ["WILL_CREATE"]


def test_every_impact_has_a_group() -> None:
    groups = {impact for impacts in synth_diff.GROUPS.values() for impact in impacts}

    assert groups == {
        *("WILL_CREATE", "WILL_UPDATE", "MAY_REPLACE", "WILL_REPLACE"),
        *("WILL_DESTROY", "WILL_ORPHAN", "WILL_IMPORT", "NO_CHANGE"),
    }


def test_a_comment_stays_within_what_github_takes() -> None:
    many = [
        Change(id=f"Role{number}", type="AWS::IAM::Role", impact="WILL_UPDATE", properties=())
        for number in range(5000)
    ]

    text = markdown([StackDiff(app="ecs", stack="Blog", changes=many)])

    assert len(text) < 65_536
    assert text.endswith("(cut off here)\n")


def checkout(folder: Path, resources: str) -> Path:
    """A repository with one small app."""
    (folder / "integ").mkdir(parents=True)
    (folder / "cdk.json").write_text('{"context": {}}')
    (folder / "integ" / "small.py").write_text(
        "import aws_cdk as cdk\n"
        "from aws_cdk import aws_s3 as s3, aws_sns as sns\n"
        "app = cdk.App(analytics_reporting=False)\n"
        "stack = cdk.Stack(app, 'Small')\n"
        f"{resources}\n"
        "app.synth()\n"
    )
    return folder


def test_two_checkouts_are_synthesized_each_from_its_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = checkout(tmp_path / "before", "s3.Bucket(stack, 'Files')")
    after = checkout(tmp_path / "after", "sns.Topic(stack, 'Topic')")
    monkeypatch.setattr(synth_diff, "ROOT", after)

    code = synth_diff.main([str(before)])

    text = capsys.readouterr().out
    assert code == 0
    assert "1 removed, 1 added" in text
    assert "kept in the account" in text


def test_a_broken_app_before_is_no_fault_of_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = checkout(tmp_path / "before", "raise SystemExit('broken before')")
    monkeypatch.setattr(synth_diff, "ROOT", checkout(tmp_path / "after", ""))

    code = synth_diff.main([str(before)])

    assert code == 0
    assert "broken before" in capsys.readouterr().out


def test_a_broken_app_now_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = checkout(tmp_path / "before", "")
    monkeypatch.setattr(synth_diff, "ROOT", checkout(tmp_path / "after", "raise SystemExit('now')"))

    code = synth_diff.main([str(before)])

    assert code == 1
    assert "now" in capsys.readouterr().err
