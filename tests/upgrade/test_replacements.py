"""The comparison itself: what it calls a loss."""

from __future__ import annotations

from typing import Any

import pytest

from tools.replacements import Change, changes


def database(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::RDS::DBInstance", "Properties": properties}


def losses(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    (found,) = changes([({"Resources": old}, {"Resources": new})])
    return [change.told for change in found if change.loses_state]


def test_the_same_template_loses_nothing() -> None:
    assert losses({"Db": database(Engine="postgres")}, {"Db": database(Engine="postgres")}) == []


def test_a_renamed_database_is_a_loss() -> None:
    assert losses({"Db": database()}, {"Database": database()}) == [
        "WILL_DESTROY AWS::RDS::DBInstance Db"
    ]


def test_a_renamed_database_that_is_kept_is_a_loss_all_the_same() -> None:
    kept = {**database(), "DeletionPolicy": "Retain"}

    assert losses({"Db": kept}, {"Database": kept}) == ["WILL_ORPHAN AWS::RDS::DBInstance Db"]


def test_a_property_that_needs_a_replacement_is_named() -> None:
    old, new = database(KmsKeyId="alias/a"), database(KmsKeyId="alias/b")

    assert losses({"Db": old}, {"Db": new}) == ["WILL_REPLACE AWS::RDS::DBInstance Db (KmsKeyId)"]


def test_a_replacement_is_followed_through_references() -> None:
    def resources(name: str) -> dict[str, Any]:
        group = {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"DBSubnetGroupName": name}}
        return {"Group": group, "Db": database(DBSubnetGroupName={"Ref": "Group"})}

    assert losses(resources("a"), resources("b")) == [
        "WILL_REPLACE AWS::RDS::DBInstance Db (DBSubnetGroupName)"
    ]


def test_a_larger_database_is_no_loss() -> None:
    old, new = database(AllocatedStorage="20"), database(AllocatedStorage="40")

    assert losses({"Db": old}, {"Db": new}) == []


def test_a_replaced_task_definition_is_no_loss() -> None:
    def task(cpu: str) -> dict[str, Any]:
        return {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Cpu": cpu}}}

    assert losses(task("256"), task("512")) == []


@pytest.mark.parametrize("impact", ["WILL_CREATE", "WILL_UPDATE"])
def test_what_goes_on_or_begins_is_no_loss(impact: str) -> None:
    change = Change(id="Db", type="AWS::RDS::DBInstance", impact=impact, properties=())

    assert not change.loses_state
