"""cfn-lint over every template, for two regions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner

from tests.quality.acceptance import Accepted, unlisted, unused
from tests.quality.synthesis import synthesize_all

if TYPE_CHECKING:
    from cfnlint.match import Match

REGIONS = ["us-east-1", "eu-west-1"]

# Rules that are about people who write templates by hand.
BY_HAND = {
    "W3005": "The CDK writes DependsOn beside a Ref; its own validation leaves this rule out too.",
    "I1022": "The CDK joins text with Fn::Join and never with Fn::Sub.",
}

ACCEPTED = (
    Accepted(
        rule="W3691",
        path=r"Resources/\w*DatabaseInstance\w*/Properties",
        reason="A major version alone asks RDS for its default minor. cfn-lint's list of minors "
        "that can still be created has no majors; a minor named here would be retired one day.",
    ),
    Accepted(
        rule="W3010",
        path=r"Resources/\w*(Subnet|DataVolume|MachineInstance)\w*/Properties/AvailabilityZone",
        reason="In a stack with account and region the CDK looks the zones up and writes them "
        "down, so that subnets and disks never move.",
    ),
    Accepted(
        rule="E3703",
        path=r"Resources/\w*CodePipeline\w*/Properties/Stages/\d+/Actions/\d+/Configuration/RoleArn",
        reason="The rule prefers Fn::Sub, and the CDK joins text with Fn::Join.",
    ),
    Accepted(
        rule="I3510",
        path=r"Resources/\w*CodePipelineRole\w*/Properties/PolicyDocument/Statement/\d+/Resource",
        reason="The CDK allows the use of a connection under the former name of its service; the "
        "present name stands in the same statement.",
    ),
)


def lint(templates: Iterable[Path]) -> list[tuple[str, str]]:
    """Every finding of any severity: its rule, and where it is, with the message."""
    # All in one run: to read the rules takes as long as to check a small template.
    config = ConfigMixIn(
        cli_args=[],
        templates=[str(template) for template in templates],
        regions=REGIONS,
        include_checks=["I"],
        ignore_checks=list(BY_HAND),
    )
    return [
        (match.rule.id, f"{Path(match.filename).name}/{_where(match)}")
        for match in Runner(config).run()
    ]


def _where(match: Match) -> str:
    return "/".join(map(str, getattr(match, "path", None) or [match.message]))


def one_of_each_type(templates: Iterable[Path]) -> list[Path]:
    """As few templates as needed to see every type of resource, the largest first."""
    seen: set[str] = set()
    chosen = []
    for template in sorted(templates, key=lambda path: (-path.stat().st_size, str(path))):
        resources = json.loads(template.read_text())["Resources"].values()
        types = {resource["Type"] for resource in resources}
        if types - seen:
            chosen.append(template)
            seen |= types
    return chosen


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    assemblies = synthesize_all(tmp_path_factory.mktemp("lint"), flags="recommended")
    return lint(assemblies.templates())


def test_no_template_has_an_error_or_a_warning(found: list[tuple[str, str]]) -> None:
    assert unlisted(found, ACCEPTED) == []


def test_every_accepted_finding_is_still_found(found: list[tuple[str, str]]) -> None:
    assert unused(found, ACCEPTED) == []


def test_without_feature_flags_there_is_no_error_or_warning_either(tmp_path: Path) -> None:
    templates = synthesize_all(tmp_path, flags="none").templates()

    assert unlisted(lint(one_of_each_type(templates)), ACCEPTED) == []


def test_a_broken_template_is_found(tmp_path: Path) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": "long"}}
    template = tmp_path / "Broken.template.json"
    template.write_text(json.dumps({"Resources": {"Function": function}}))

    rules = {rule for rule, _ in lint([template])}

    assert {"E3003", "E3012"} <= rules
