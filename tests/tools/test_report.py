"""What `make synth` prints about an assembly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.assembly import AssemblySummary, read_assembly, value_text
from tools.report import WIDTH, format_app


def bucket(name: str) -> dict[str, object]:
    return {name: {"Type": "AWS::S3::Bucket"}}


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """A cloud assembly of one stack, as the CDK writes it."""
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "displayName": "Blog",
        "properties": {"templateFile": "Blog.template.json"},
    }
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "Blog.assets.json"}}
    write(tmp_path / "manifest.json", {"artifacts": {"Blog": stack, "Blog.assets": assets}})
    write(
        tmp_path / "Blog.template.json",
        {
            "Resources": {
                **bucket("Assets"),
                **bucket("Logs"),
                "Zone": {"Type": "AWS::Route53::HostedZone"},
                "Migrate": {"Type": "Custom::ReleaseCommand"},
            },
            "Outputs": {"Bucket": {"Value": {"Ref": "Assets"}}},
        },
    )
    return tmp_path


def report(folder: Path) -> str:
    return format_app("django_ecs", read_assembly(folder), seconds=2.04)


def test_the_report_counts_resources_by_service_and_type(assembly: Path) -> None:
    assert report(assembly).splitlines() == [
        "django_ecs: 1 template in 2.0 s",
        "  Blog (unknown-account/unknown-region): 4 resources",
        "    Route53                 HostedZone 1",
        "    S3                      Bucket 2",
        "    Custom                  ReleaseCommand 1",
        "    outputs",
        "      Bucket = ${Assets}",
    ]


def test_a_finding_of_the_validation_is_one_line_with_path_and_rule(assembly: Path) -> None:
    violation = {
        "ruleName": "AwsSolutions-S1",
        "description": "no server\naccess logs",
        "severity": "warning",
        "violatingConstructs": [{"constructPath": "Blog/Assets"}],
    }
    write(assembly / "validation-report.json", {"pluginReports": [{"violations": [violation]}]})

    lines = report(assembly).splitlines()

    assert lines[-2:] == [
        "    findings",
        "      warning: Blog/Assets: no server access logs [AwsSolutions-S1]",
    ]


def test_a_lookup_that_only_the_command_line_can_make_is_a_finding(assembly: Path) -> None:
    manifest = json.loads((assembly / "manifest.json").read_text())
    write(assembly / "manifest.json", {**manifest, "missing": [{"provider": "hosted-zone"}]})

    assert "missing lookup of hosted-zone" in report(assembly)


def test_nested_stacks_are_reported_beside_their_parent(assembly: Path) -> None:
    write(assembly / "BlogProvider12.nested.template.json", {"Resources": bucket("Deep")})

    assert "  BlogProvider12 (nested): 1 resource" in report(assembly)


def test_an_assembly_without_stacks_reports_none() -> None:
    empty = AssemblySummary(stacks=[], findings=[])

    assert format_app("empty", empty, seconds=0.0) == "empty: 0 templates in 0.0 s"


def test_long_resource_lists_are_wrapped_to_the_width(assembly: Path) -> None:
    many = {f"R{n}": {"Type": f"AWS::EC2::SomeQuiteLongTypeName{n}"} for n in range(20)}
    write(assembly / "Blog.template.json", {"Resources": many})

    assert max(len(line) for line in report(assembly).splitlines()) <= WIDTH


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "AWS::Region"}, "${AWS::Region}"),
        ({"Fn::GetAtt": ["Lb", "DNSName"]}, "${Lb.DNSName}"),
        (
            {"Fn::Join": ["", ["http://", {"Fn::GetAtt": ["Lb", "DNSName"]}]]},
            "http://${Lb.DNSName}",
        ),
        ({"Fn::Select": [0, "x"]}, '{"Fn::Select": [0, "x"]}'),
    ],
)
def test_an_output_shows_where_cloudformation_fills_in(value: object, text: str) -> None:
    assert value_text(value) == text
