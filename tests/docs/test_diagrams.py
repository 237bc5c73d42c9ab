"""The pictures of the constructs show what is synthesized now."""

from __future__ import annotations

import os

import pytest

from tools.apps import ROOT
from tools.diagrams.constructs import CONSTRUCTS, Drawn
from tools.diagrams.links import admissions, reach, uses
from tools.diagrams.page import section, section_in
from tools.diagrams.parts import KINDS
from tools.diagrams.picture import INTERNET, Arrow, Part, Picture, drawn
from tools.diagrams.resources import Resources, mentioned, read, synthesized
from tools.diagrams.stack import picture_of
from tools.diagrams.svg import structure_in

BUCKET = KINDS["AWS::S3::Bucket"]


@pytest.fixture(scope="module", params=CONSTRUCTS, ids=lambda construct: construct.name)
def construct(request: pytest.FixtureRequest) -> Drawn:
    chosen: Drawn = request.param
    return chosen


@pytest.fixture(scope="module")
def picture(construct: Drawn, tmp_path_factory: pytest.TempPathFactory) -> Picture:
    folder = tmp_path_factory.mktemp(construct.module)
    return picture_of(synthesized(construct.module, construct.stack, folder))


def resources(**declared: tuple[str, dict[str, object]]) -> Resources:
    return read(
        {
            "Resources": {
                name: {"Type": type_name, "Properties": properties}
                for name, (type_name, properties) in declared.items()
            }
        }
    )


def part(key: str, *place: str) -> Part:
    return Part(key=key, kind=BUCKET, name=key, place=place)


@pytest.mark.snapshot
def test_the_committed_picture_shows_what_is_synthesized(
    construct: Drawn, picture: Picture
) -> None:
    committed = structure_in((ROOT / construct.image).read_text())

    assert committed == picture.structure, "run `make diagrams`"


@pytest.mark.snapshot
def test_the_page_lists_the_parts_with_the_numbers_of_the_picture(
    construct: Drawn, picture: Picture
) -> None:
    page = ROOT / construct.page
    image = os.path.relpath(ROOT / construct.image, page.parent)

    assert section_in(page.read_text(), construct.name) == section(picture, image, construct.name)


def test_a_committed_picture_stands_alone(construct: Drawn) -> None:
    text = (ROOT / construct.image).read_text()

    assert 'href="/' not in text
    assert "file:" not in text


def test_a_reference_in_any_form_is_a_mention() -> None:
    value = {
        "Fn::Join": ["", [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Sub": "${C.Arn}"}]]
    }

    assert list(mentioned(value)) == ["A", "B", "C"]


def test_a_role_uses_what_its_policy_allows() -> None:
    stack = resources(
        Task=("AWS::ECS::TaskDefinition", {"TaskRoleArn": {"Ref": "Role"}}),
        Role=("AWS::IAM::Role", {}),
        Policy=(
            "AWS::IAM::Policy",
            {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Resource": {"Ref": "Assets"}}},
        ),
        Assets=("AWS::S3::Bucket", {}),
    )

    parts, _ = reach("Task", uses(stack), shown={"Assets"}, resources=stack)

    assert parts == {"Assets"}


def test_nothing_is_followed_through_the_network_that_all_share() -> None:
    stack = resources(
        A=("AWS::S3::Bucket", {"In": {"Ref": "Vpc"}}),
        Vpc=("AWS::EC2::VPC", {"With": {"Ref": "B"}}),
        B=("AWS::S3::Bucket", {}),
    )

    parts, _ = reach("A", uses(stack), shown={"A", "B"}, resources=stack)

    assert parts == set()


def test_a_rule_for_every_address_lets_the_internet_in() -> None:
    rule = {"CidrIp": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}
    stack = resources(Door=("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [rule]}))

    assert list(admissions(stack)) == [(INTERNET, "Door", "443")]


def test_parts_are_numbered_in_their_order() -> None:
    picture = drawn([part("a"), part("b")], [])

    assert [(one.number, one.key) for one in picture.parts] == [(1, "a"), (2, "b")]


def test_what_a_whole_place_uses_is_one_arrow_from_the_place() -> None:
    inside = [part(name, "VPC") for name in "abc"]

    picture = drawn([*inside, part("x")], [Arrow(source=name, target="x") for name in "abc"])

    assert picture.arrows == [Arrow(source=("VPC",), target="x")]


def test_what_only_some_of_a_place_use_stays_their_own() -> None:
    inside = [part(name, "VPC") for name in "abc"]

    picture = drawn([*inside, part("x")], [Arrow(source=name, target="x") for name in "ab"])

    assert [arrow.source for arrow in picture.arrows] == ["a", "b"]


def test_arrows_between_the_same_two_are_one_with_both_ports() -> None:
    arrows = [Arrow(source=INTERNET, target="a", label=port) for port in ("443", "80")]

    assert drawn([part("a")], arrows).arrows == [
        Arrow(source=INTERNET, target="a", label="80, 443")
    ]
