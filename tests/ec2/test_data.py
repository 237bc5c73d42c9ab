"""Data: kept, backed up, on the right kind of disk."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from tests.ec2.conftest import Synthesized, make


def test_the_disk_leaves_a_snapshot(plain: Synthesized) -> None:
    assert plain.template.one("AWS::EC2::Volume").deletion_policy == "Snapshot"


def test_a_test_stack_leaves_no_data() -> None:
    made = make(removal_policy=cdk.RemovalPolicy.DESTROY)

    assert made.template.one("AWS::EC2::Volume").deletion_policy == "Delete"
    assert made.template.one("AWS::Backup::BackupVault").deletion_policy == "Delete"


def test_the_disk_is_backed_up_daily_and_kept_for_two_weeks(plain: Synthesized) -> None:
    (rule,) = plain.template.one("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]

    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert rule["Lifecycle"]["DeleteAfterDays"] == 14


def test_what_is_backed_up_is_the_disk(plain: Synthesized) -> None:
    selection = plain.template.one("AWS::Backup::BackupSelection")["BackupSelection"]

    assert plain.template.one("AWS::EC2::Volume").id in str(selection["Resources"])


def test_without_backup_days_there_is_no_plan() -> None:
    made = make(backup_days=0)

    assert "AWS::Backup::BackupPlan" not in made.template.types
    assert made.construct.backup is None


def test_the_disk_lies_in_the_instances_zone(plain: Synthesized) -> None:
    volume = plain.template.one("AWS::EC2::Volume")

    assert volume["AvailabilityZone"] == plain.instance["AvailabilityZone"]


def test_the_machine_mounts_the_disk(plain: Synthesized) -> None:
    volume = plain.template.one("AWS::EC2::Volume")

    assert f"DATA_SOURCE='<{volume.id}>'" in plain.file("settings.env")


@pytest.fixture(scope="module")
def shared() -> Synthesized:
    return make(data_storage="efs")


def test_a_file_system_is_encrypted_and_kept(shared: Synthesized) -> None:
    file_system = shared.template.one("AWS::EFS::FileSystem")

    assert file_system["Encrypted"] is True
    assert file_system.deletion_policy.startswith("Retain")


def test_only_the_machine_reaches_the_file_system(shared: Synthesized) -> None:
    template = shared.template
    (rule,) = template.of_type("AWS::EC2::SecurityGroupIngress")

    group = template.of(shared.construct.door.security_group)
    assert (rule["FromPort"], rule["SourceSecurityGroupId"]) == (2049, group.attribute("GroupId"))


def test_a_file_system_is_mounted_with_its_own_tools(shared: Synthesized) -> None:
    assert "amazon-efs-utils" in shared.init["packages"]["packages"]["yum"]


def test_repositories_are_scanned_and_expire_old_images(plain: Synthesized) -> None:
    repositories = plain.template.of_type("AWS::ECR::Repository")

    assert len(repositories) == 2
    for repository in repositories:
        assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert '"countNumber":20' in repository["LifecyclePolicy"]["LifecyclePolicyText"]
        assert repository.deletion_policy.startswith("Retain")
