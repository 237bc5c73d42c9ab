"""docs/security.md says what the templates say: what is open to whom, and what code may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from django_cdk import DjangoEcs, DockerEc2
from tests.docs.pages import Page
from tests.site.sites import synthesize_vue
from tests.stacks import DOMAIN, IMAGE, Resource, Template, new_stack, synthesize

PAGE = Page("docs/security.md")
EVERYBODY = {"0.0.0.0/0", "::/0"}
Doors = set[tuple[str, str, str]]


def written(section: str) -> Doors:
    """Who, where, port: one for each port of a row."""
    return {
        (who, where, port)
        for who, where, ports in PAGE.table(section, "Who")
        for port in ports.split(", ")
    }


def doors(template: Template, names: Mapping[str, Resource]) -> Doors:
    """What the security groups of a template let in; `names`: what each of them stands for."""
    groups = {str(group.attribute("GroupId")): name for name, group in names.items()}
    return {
        (_source(rule, groups), groups[str(group.attribute("GroupId"))], _port(rule))
        for group in template.of_type("AWS::EC2::SecurityGroup")
        for rule in template.ingress(group)
    }


def _source(rule: Mapping[str, Any], groups: Mapping[str, str]) -> str:
    if (rule.get("CidrIp") or rule.get("CidrIpv6")) in EVERYBODY:
        return "everybody"
    if "SourcePrefixListId" in rule:
        return "CloudFront"
    return groups.get(str(rule.get("SourceSecurityGroupId")), str(rule))


def _port(rule: Mapping[str, Any]) -> str:
    if "Endpoint.Port" in str(rule["FromPort"]):
        return "5432"
    assert rule["FromPort"] == rule["ToPort"]
    return str(rule["FromPort"])


def of_ecs(template: Template, django: DjangoEcs) -> Doors:
    assert django.backing.cache
    (balancer,) = template.of(django.load_balancer)["SecurityGroups"]
    tasks = template.of(django.tasks.security_group)
    by_id = {str(one.attribute("GroupId")): one for one in template.of_type(GROUP)}
    backing = {
        name: one
        for one in by_id.values()
        for name, room in (("database", "BackingDatabase"), ("cache", "BackingCache"))
        if room in one.id
    }
    return doors(template, {"load balancer": by_id[str(balancer)], "tasks": tasks, **backing})


GROUP = "AWS::EC2::SecurityGroup"


@pytest.mark.parametrize("nat", ["gateway", "none"])
def test_the_doors_of_ecs(nat: str) -> None:
    made = synthesize(nat=nat, **DOMAIN)

    assert of_ecs(made.template, made.construct) == written("DjangoEcs")


def test_without_a_domain_there_is_no_443() -> None:
    made = synthesize()

    expected = written("DjangoEcs") - {("everybody", "load balancer", "443")}
    assert of_ecs(made.template, made.construct) == expected


@pytest.mark.parametrize("option", ["public_load_balancer", "open_listener"])
def test_closed_it_lets_nobody_in(option: str) -> None:
    made = synthesize(**{option: False})

    expected = {door for door in written("DjangoEcs") if door[0] != "everybody"}
    assert of_ecs(made.template, made.construct) == expected


@pytest.mark.parametrize("access", ["vpc_origin", "public"])
def test_the_doors_of_a_site_with_django_behind_it(access: str) -> None:
    made = synthesize_vue(load_balancer_access=access)

    assert of_ecs(made.template, made.construct.backend) == written("DjangoVue")


def test_the_doors_of_one_machine() -> None:
    stack = new_stack()
    docker = DockerEc2(
        stack,
        "Blog",
        image=IMAGE,
        domain_name="blog.example.com",
        zone_name="example.com",
        hosted_zone_id="Z0123456789",
    )
    template = Template.of_stack(stack)

    names = {"instance": template.of(docker.door.security_group)}
    assert doors(template, names) == written("DockerEc2")


def test_what_the_application_may_do() -> None:
    made = synthesize(**DOMAIN)
    role = made.template.of(made.construct.tasks.task_role)
    rows = PAGE.table("What the application may do", "Action")

    told = {frozenset(re.findall(r"`([^`]+)`", row[0])) for row in rows}
    assert {frozenset(one["Action"]) for one in made.template.statements(role)} == told
