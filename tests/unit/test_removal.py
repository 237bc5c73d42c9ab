"""What stays when a stack is deleted."""

from __future__ import annotations

import pytest
from aws_cdk import RemovalPolicy

from django_cdk import OptionError
from django_cdk.removal import Removal


def test_databases_leave_a_snapshot_and_the_rest_stays() -> None:
    assert Removal().database is RemovalPolicy.SNAPSHOT
    assert Removal().logs is RemovalPolicy.RETAIN
    assert Removal().destroys is False


def test_what_a_failed_first_deployment_made_empty_goes() -> None:
    assert Removal().other is RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


@pytest.mark.parametrize("policy", [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN])
def test_a_policy_that_is_given_goes_for_everything(policy: RemovalPolicy) -> None:
    removal = Removal(policy)

    assert (removal.database, removal.other, removal.logs) == (policy, policy, policy)


def test_only_destroy_destroys() -> None:
    assert [Removal(one).destroys for one in (RemovalPolicy.DESTROY, RemovalPolicy.RETAIN)] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "policy", [RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, "DESTROY"]
)
def test_refuses_what_not_every_kind_of_resource_knows(policy: RemovalPolicy) -> None:
    with pytest.raises(OptionError, match=r"give RemovalPolicy.DESTROY \(test stacks\)") as refused:
        Removal(policy)

    assert refused.value.option == "removal_policy"
