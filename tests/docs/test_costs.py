"""docs/costs.md: its tables are computed, and what computes them counts right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import django_cdk
from tests.docs.pages import Page
from tools.costs.__main__ import filled
from tools.costs.bill import LEAST_ACU, SPOT, Line, bill, total
from tools.costs.examples import CHOICES, CONFIGURATIONS
from tools.costs.page import tables
from tools.costs.prices import HOURS, PRICES

TASK: Mapping[str, Any] = {
    "Cpu": "512",
    "Memory": "1024",
    "RuntimePlatform": {"CpuArchitecture": "ARM64"},
}


def of(kind: str, **properties: Any) -> dict[str, float]:
    """The bill of a template with one resource: price -> quantity."""
    return quantities({"One": {"Type": kind, "Properties": properties}})


def quantities(resources: Mapping[str, Any]) -> dict[str, float]:
    lines = bill({"Resources": resources})
    assert len(lines) == len({line.price for line in lines})
    return {line.price: line.quantity for line in lines}


def service(public: str = "DISABLED", **properties: Any) -> dict[str, Any]:
    return {
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": TASK},
        "Web": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "TaskDefinition": {"Ref": "Task"},
                "NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": public}},
                **properties,
            },
        },
    }


@pytest.mark.snapshot
def test_the_tables_are_what_prices_and_templates_make() -> None:
    text = Page("docs/costs.md").text

    assert text == filled(text), "run `make costs`"


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(LookupError, match="no place for the table"):
        filled("# What it costs\n")


def test_an_hourly_price_counts_for_all_hours_of_a_month() -> None:
    assert Line("nat", 2).dollars == 2 * 0.045 * HOURS
    assert Line("secret", 3).dollars == pytest.approx(1.2)
    assert total([Line("key", 1), Line("secret", 1)]) == pytest.approx(1.4)


def test_a_type_of_resource_without_a_price_is_refused() -> None:
    with pytest.raises(LookupError, match=r"AWS::MSK::Cluster \(One\) has no price"):
        of("AWS::MSK::Cluster")


def test_a_size_without_a_price_is_refused() -> None:
    with pytest.raises(LookupError, match=r"rds\.r8g\.16xlarge"):
        of("AWS::RDS::DBInstance", DBInstanceClass="db.r8g.16xlarge", AllocatedStorage="20")


def test_what_is_billed_by_use_is_not_in_the_bill() -> None:
    assert of("AWS::S3::Bucket") == {}


def test_a_standby_doubles_instance_and_storage() -> None:
    properties = {"DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20"}

    assert of("AWS::RDS::DBInstance", **properties) == {"rds.t4g.micro": 1, "rds.storage": 20}
    assert of("AWS::RDS::DBInstance", **properties, MultiAZ=True) == {
        "rds.t4g.micro": 2,
        "rds.storage": 40,
    }


def test_aurora_is_awake_on_its_least_capacity() -> None:
    assert of("AWS::RDS::DBInstance", DBInstanceClass="db.serverless") == {"aurora.acu": LEAST_ACU}


def test_a_public_load_balancer_has_an_address_in_each_zone() -> None:
    kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"

    assert of(kind, Scheme="internet-facing", Subnets=["a", "b"])["address"] == 2
    assert "address" not in of(kind, Scheme="internal", Subnets=["a", "b"])


def test_a_service_is_billed_by_the_size_of_its_task() -> None:
    assert quantities(service(DesiredCount=2)) == {
        "fargate.ARM64.cpu": 1,
        "fargate.ARM64.memory": 2,
    }


def test_a_service_that_scales_is_billed_at_its_fewest_tasks() -> None:
    target = {
        "ResourceId": {"Fn::Join": ["", ["service/", {"Fn::GetAtt": ["Web", "Name"]}]]},
        "MinCapacity": 3,
    }
    scaling = {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target}

    assert quantities({**service(), "Scaling": scaling})["fargate.ARM64.memory"] == 3


def test_a_task_on_spare_capacity_costs_less() -> None:
    spot = [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]

    found = quantities(service(CapacityProviderStrategy=spot))
    assert found["fargate.ARM64.memory"] == SPOT


def test_a_task_with_a_public_address_pays_for_it() -> None:
    assert quantities(service("ENABLED", DesiredCount=2))["address"] == 2


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.written)
def test_a_choice_is_written_as_it_is_made(choice: Any) -> None:
    names = {name: getattr(django_cdk, name) for name in django_cdk.__all__}
    written = eval(f"dict({choice.written.strip('`')})", names)  # noqa: S307 - our own page

    assert written == choice.options


def test_a_price_that_was_read_nowhere_says_so() -> None:
    unread = sum(price.source is None for price in PRICES.values())

    assert tables()["prices"].count("not checked") == unread


def test_the_page_of_one_machine_says_the_same_sum() -> None:
    dollars = round(total(CONFIGURATIONS["one machine"].lines))

    assert f"about {dollars} US dollars a month" in Page("docs/deploy/ec2.md").text
