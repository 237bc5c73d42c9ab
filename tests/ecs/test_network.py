"""The network: three tiers in two zones, the choice of NAT, and what is open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stacks import Resource, Synthesized, Template, synthesize

EVERYWHERE = ("0.0.0.0/0", "::/0")


def default_routes(template: Template, subnet: Resource) -> list[Resource]:
    """The routes to all of IPv4 that a subnet has."""
    tables = [
        one["RouteTableId"]
        for one in template.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if one["SubnetId"] == subnet.ref
    ]
    return [
        one
        for one in template.of_type("AWS::EC2::Route")
        if one["RouteTableId"] in tables and one.get("DestinationCidrBlock") == "0.0.0.0/0"
    ]


def task_networks(template: Template) -> list[dict[str, Any]]:
    return [
        one["NetworkConfiguration"]["AwsvpcConfiguration"]
        for one in template.of_type("AWS::ECS::Service")
    ]


@pytest.fixture(scope="module")
def per_zone() -> Template:
    return synthesize(nat="gateway_per_zone").template


@pytest.fixture(scope="module")
def nat_instance() -> Template:
    return synthesize(nat="instance").template


@pytest.mark.parametrize("name", ["Public", "Private", "Isolated"])
def test_each_tier_stands_in_two_zones(blog: Synthesized, name: str) -> None:
    zones = [one["AvailabilityZone"] for one in blog.template.subnets(name)]

    assert zones == [{"Fn::Select": [zone, {"Fn::GetAZs": ""}]} for zone in (0, 1)]


def test_private_subnets_reach_the_internet_through_one_gateway(blog: Synthesized) -> None:
    gateway = blog.template.one("AWS::EC2::NatGateway")

    for subnet in blog.template.subnets("Private"):
        (route,) = default_routes(blog.template, subnet)
        assert route["NatGatewayId"] == gateway.ref


def test_isolated_subnets_have_no_way_to_the_internet(blog: Synthesized) -> None:
    assert [default_routes(blog.template, one) for one in blog.template.subnets("Isolated")] == [
        [],
        [],
    ]


def test_isolated_subnets_have_no_way_out_over_ipv6(blog: Synthesized) -> None:
    isolated = [one.id for one in blog.template.subnets("Isolated")]
    tables = [
        one["RouteTableId"]
        for one in blog.template.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if one["SubnetId"]["Ref"] in isolated
    ]

    assert len(tables) == 2
    assert [
        one for one in blog.template.of_type("AWS::EC2::Route") if one["RouteTableId"] in tables
    ] == []


def test_private_subnets_can_be_reached_from_nowhere_over_ipv6(blog: Synthesized) -> None:
    """Out only: their IPv6 addresses are public ones."""
    private = [one.id for one in blog.template.subnets("Private")]
    tables = [
        one["RouteTableId"]
        for one in blog.template.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if one["SubnetId"]["Ref"] in private
    ]
    ipv6 = [
        one
        for one in blog.template.of_type("AWS::EC2::Route")
        if one["RouteTableId"] in tables and "DestinationIpv6CidrBlock" in one.properties
    ]

    assert len(ipv6) == 2
    assert all("EgressOnlyInternetGatewayId" in one.properties for one in ipv6)


def test_public_subnets_hand_out_no_address_unasked(blog: Synthesized) -> None:
    assert [one["MapPublicIpOnLaunch"] for one in blog.template.subnets("Public")] == [False, False]


def test_s3_is_reached_without_the_gateway(blog: Synthesized) -> None:
    endpoint = blog.template.one("AWS::EC2::VPCEndpoint")

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"]["Fn::Join"][1][-1] == ".s3"
    assert len(endpoint["RouteTableIds"]) == 6


def test_a_gateway_per_zone_survives_the_loss_of_a_zone(per_zone: Template) -> None:
    gateways = [
        default_routes(per_zone, one)[0]["NatGatewayId"]["Ref"]
        for one in per_zone.subnets("Private")
    ]

    assert len(set(gateways)) == 2
    assert len(per_zone.of_type("AWS::EC2::NatGateway")) == 2


def test_a_nat_instance_takes_the_place_of_the_gateway(nat_instance: Template) -> None:
    instance = nat_instance.one("AWS::EC2::Instance")

    assert instance["InstanceType"] == "t4g.nano"
    assert "AWS::EC2::NatGateway" not in nat_instance.types
    for subnet in nat_instance.subnets("Private"):
        assert default_routes(nat_instance, subnet)[0]["InstanceId"] == instance.ref


def test_a_nat_instance_forwards_what_is_not_its_own(nat_instance: Template) -> None:
    assert nat_instance.one("AWS::EC2::Instance")["SourceDestCheck"] is False


def test_a_nat_instance_takes_traffic_from_the_vpc_only(nat_instance: Template) -> None:
    vpc = nat_instance.one("AWS::EC2::VPC")
    (group,) = [
        one
        for one in nat_instance.of_type("AWS::EC2::SecurityGroup")
        if "NAT" in one["GroupDescription"]
    ]

    assert [one["CidrIp"] for one in nat_instance.ingress(group)] == [vpc.attribute("CidrBlock")]


def test_without_nat_nothing_costs_by_the_hour(without_nat: Synthesized) -> None:
    types = without_nat.template.types

    assert types.isdisjoint({"AWS::EC2::NatGateway", "AWS::EC2::Instance", "AWS::EC2::EIP"})


def test_without_nat_there_are_no_private_subnets(without_nat: Synthesized) -> None:
    assert without_nat.template.subnets("Private") == []


def test_another_choice_of_nat_moves_no_subnet_that_stays(
    blog: Synthesized, without_nat: Synthesized
) -> None:
    ranges = [
        {
            one.id: (one["CidrBlock"], str(one["Ipv6CidrBlock"]))
            for tier in ("Public", "Isolated")
            for one in each.template.subnets(tier)
        }
        for each in (blog, without_nat)
    ]

    assert ranges[0] == ranges[1]


def test_without_nat_tasks_run_in_public_subnets_with_addresses(without_nat: Synthesized) -> None:
    public = [one.ref for one in without_nat.template.subnets("Public")]

    (network,) = task_networks(without_nat.template)
    assert (network["AssignPublicIp"], network["Subnets"]) == ("ENABLED", public)


def test_without_nat_release_commands_have_addresses_too(without_nat: Synthesized) -> None:
    public = [one.ref for one in without_nat.template.subnets("Public")]

    for command in without_nat.template.of_type("Custom::DjangoReleaseCommand"):
        assert (command["AssignPublicIp"], command["Subnets"]) == ("ENABLED", public)


def test_without_nat_the_tasks_can_be_reached_from_the_load_balancer_only(
    without_nat: Synthesized,
) -> None:
    construct, template = without_nat.construct, without_nat.template

    (rule,) = template.ingress(template.of(construct.tasks.security_group))
    (of_balancer,) = template.of(construct.load_balancer)["SecurityGroups"]
    assert rule["SourceSecurityGroupId"] == of_balancer


def test_tasks_run_in_private_subnets_without_addresses(everything: Synthesized) -> None:
    private = [one.ref for one in everything.template.subnets("Private")]
    networks = task_networks(everything.template)

    assert len(networks) == 3
    for network in networks:
        assert (network["AssignPublicIp"], network["Subnets"]) == ("DISABLED", private)


def test_the_load_balancer_stands_in_public_subnets(blog: Synthesized) -> None:
    balancer = blog.template.of(blog.construct.load_balancer)

    assert balancer["Subnets"] == [one.ref for one in blog.template.subnets("Public")]


@pytest.mark.parametrize("options", [{}, {"nat": "none"}, {"nat": "instance"}])
def test_nothing_but_the_front_door_is_open_to_the_world(options: dict[str, Any]) -> None:
    synthesized = synthesize(**options)
    template = synthesized.template
    (door,) = template.of(synthesized.construct.load_balancer)["SecurityGroups"]

    opened = [
        (group.attribute("GroupId"), rule["FromPort"], rule["ToPort"])
        for group in template.of_type("AWS::EC2::SecurityGroup")
        for rule in template.ingress(group)
        if rule.get("CidrIp") in EVERYWHERE or rule.get("CidrIpv6") in EVERYWHERE
    ]
    assert set(map(str, opened)) == {str((door, 80, 80))}


def test_with_a_domain_the_door_is_open_on_80_and_443_over_both_protocols(
    site: Synthesized,
) -> None:
    template = site.template

    opened = {
        (rule.get("CidrIp") or rule.get("CidrIpv6"), rule["FromPort"], rule["ToPort"])
        for group in template.of_type("AWS::EC2::SecurityGroup")
        for rule in template.ingress(group)
        if rule.get("CidrIp") in EVERYWHERE or rule.get("CidrIpv6") in EVERYWHERE
    }
    assert opened == {
        ("0.0.0.0/0", 80, 80),
        ("0.0.0.0/0", 443, 443),
        ("::/0", 80, 80),
        ("::/0", 443, 443),
    }


def test_the_tasks_reach_the_internet_over_both_protocols(blog: Synthesized) -> None:
    """In a subnet of both, a task has an IPv6 address and tries that way first."""
    group = blog.template.of(blog.construct.tasks.security_group)

    reached = {one.get("CidrIp") or one.get("CidrIpv6") for one in group["SecurityGroupEgress"]}
    assert reached == set(EVERYWHERE)


def test_the_tasks_take_traffic_on_their_port_from_the_load_balancer_only(
    everything: Synthesized,
) -> None:
    construct, template = everything.construct, everything.template

    (rule,) = template.ingress(template.of(construct.tasks.security_group))
    (of_balancer,) = template.of(construct.load_balancer)["SecurityGroups"]
    assert (rule["SourceSecurityGroupId"], rule["FromPort"], rule["ToPort"]) == (
        of_balancer,
        8000,
        8000,
    )
