"""DjangoEcs with its default removal policy: what stays, as docs/what-stays.md says.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

import functools
from collections import Counter

import pytest

from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, microblog
from tests.emulator.deployer import DeploymentError
from tests.emulator.server import Emulator

STACK = "Kept"
Things = set[tuple[str, str]]


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, STACK)


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> Inventory:
    return inventory(emulator)


@pytest.fixture(scope="module")
def blog(life: Life, before: Inventory) -> MicroBlog:
    build = functools.partial(microblog, removal_policy=None, release_commands={})
    deployed = MicroBlog(life.emulator, life.deploy(build))
    deployed.emulator.client("s3").put_object(
        Bucket=deployed.outputs["StaticFileBucketName"], Key="media/picture", Body=b"picture"
    )
    return deployed


@pytest.fixture(scope="module")
def refused(life: Life, blog: MicroBlog) -> DeploymentError:
    """The first try to delete the stack."""
    with pytest.raises(DeploymentError) as caught:
        life.destroy()
    return caught.value


@pytest.fixture(scope="module")
def left(life: Life, before: Inventory, refused: DeploymentError) -> Things:
    """What is there when the protection was switched off and the stack deleted."""
    database = life.deployer().resources(STACK)
    (name,) = [database[one] for one in database if "DatabaseInstance" in one]
    life.emulator.client("rds").modify_db_instance(
        DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True
    )
    life.destroy()
    return kept(life.emulator, before, STACK)


def test_the_stack_is_not_deleted_while_the_database_is_protected(refused: DeploymentError) -> None:
    failed = {event.type: event.reason for event in refused.failures}

    assert refused.status == "DELETE_FAILED"
    assert failed.keys() == {"AWS::RDS::DBInstance", "AWS::CloudFormation::Stack"}
    assert "deletion protection" in failed["AWS::RDS::DBInstance"]


def test_database_and_cache_leave_a_snapshot(left: Things) -> None:
    kinds = Counter(kind for kind, _ in left)

    assert kinds["database"] == kinds["cache"] == 0
    assert kinds["database snapshot"] == kinds["cache snapshot"] == 1


def test_the_buckets_stay_with_what_is_in_them(blog: MicroBlog, left: Things) -> None:
    assets = blog.outputs["StaticFileBucketName"]
    picture = blog.emulator.client("s3").get_object(Bucket=assets, Key="media/picture")

    assert ("bucket", assets) in left
    assert Counter(kind for kind, _ in left)["bucket"] == 2
    assert picture["Body"].read() == b"picture"


def test_the_generated_secrets_stay_and_the_composed_one_goes(left: Things) -> None:
    names = [name for kind, name in left if kind == "secret"]

    assert len(names) == 3
    assert not [name for name in names if "Derived" in name]


def test_the_logs_of_the_processes_stay(left: Things) -> None:
    groups = [name for kind, name in left if kind == "log group"]

    assert [name for name in groups if "WebLogs" in name or "MicroBlogWeb" in name]


def test_nothing_else_stays(left: Things) -> None:
    assert {kind for kind, _ in left} == {
        "bucket",
        "cache snapshot",
        "database snapshot",
        "log group",
        "secret",
    }
