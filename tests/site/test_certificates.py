"""CloudFront's certificate, which lies in us-east-1: given, or made where it must be."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_route53 as route53
import pytest

from django_cdk import DjangoVue, OptionError, StaticSite
from tests.site.sites import (
    CERTIFICATE,
    DOMAIN,
    EU,
    US,
    ZONE,
    Made,
    django_vue,
    edge_stack,
    static_site,
    synthesize_site,
)
from tests.stacks import ACCOUNT, Resource, Template, new_app, new_stack

CERTIFICATE_TYPE = "AWS::CertificateManager::Certificate"
SHOP = {"frontend_domain_name": "shop.example.com", **ZONE}


def certificates(template: Template) -> list[Resource]:
    return template.of_type(CERTIFICATE_TYPE)


def used_by(template: Template, name: str = "") -> Any:
    """The certificate of the distribution whose id holds this name."""
    (found,) = [one for one in template.of_type("AWS::CloudFront::Distribution") if name in one.id]
    return found["DistributionConfig"]["ViewerCertificate"]["AcmCertificateArn"]


def read_from(template: Template) -> dict[str, Any]:
    """The reference to the one certificate of a support stack."""
    ((output, value),) = template.outputs.items()
    assert value == certificates(template)[0].ref
    return {
        "Fn::GetStackOutput": {
            "StackName": template.stack.stack_name,
            "Region": "us-east-1",
            "OutputName": output,
        }
    }


@pytest.fixture(scope="module")
def site_us() -> Made[StaticSite]:
    return synthesize_site(env=US, **DOMAIN)


def test_in_us_east_1_it_is_made_in_the_stack(site_us: Made[StaticSite]) -> None:
    (certificate,) = certificates(site_us.template)

    assert used_by(site_us.template) == certificate.ref
    assert site_us.template.stack.dependencies == []


def test_elsewhere_it_is_made_in_us_east_1(site: Made[StaticSite]) -> None:
    (certificate,) = certificates(site.edge)

    assert certificates(site.template) == []
    assert certificate["DomainName"] == "www.example.com"
    assert site.edge.stack.region == "us-east-1"
    assert site.edge.stack.account == ACCOUNT


def test_it_is_validated_through_the_zone(site: Made[StaticSite]) -> None:
    (certificate,) = certificates(site.edge)

    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789"}
    ]


def test_the_distribution_reads_it_from_the_support_stack(site: Made[StaticSite]) -> None:
    assert used_by(site.template) == read_from(site.edge)


def test_the_support_stack_is_deployed_first(site: Made[StaticSite]) -> None:
    assert site.edge.stack in site.template.stack.dependencies


def test_the_support_stack_holds_nothing_else(site: Made[StaticSite]) -> None:
    assert site.edge.types == {CERTIFICATE_TYPE}


def test_several_sites_share_a_support_stack() -> None:
    stack = new_stack(env=EU)
    static_site(stack, "Www", **DOMAIN)
    static_site(stack, "Shop", **SHOP)
    edge = Template.of_stack(edge_stack(stack))

    assert {one["DomainName"] for one in certificates(edge)} == {
        *("www.example.com", "shop.example.com")
    }
    template = Template.of_stack(stack)
    assert used_by(template, "Www") != used_by(template, "Shop")


def test_paths_that_read_the_same_have_certificates_of_their_own() -> None:
    stack = new_stack(env=EU)
    static_site(stack, "BlogSite", **DOMAIN)
    django_vue(stack, "Blog")

    assert len(certificates(Template.of_stack(edge_stack(stack)))) == 2


def test_two_stacks_have_a_support_stack_each() -> None:
    app = new_app()
    stacks = [new_stack(name, app=app, env=EU) for name in ("Www", "Shop")]
    static_site(stacks[0], **DOMAIN)
    static_site(stacks[1], **SHOP)

    names = {edge_stack(stack).stack_name for stack in stacks}
    assert names == {"Www-eu-west-1-edge-certificates", "Shop-eu-west-1-edge-certificates"}


@pytest.mark.parametrize(
    "other",
    [
        {"env": cdk.Environment(account=ACCOUNT, region="eu-central-1")},
        {"env": EU, "stack_name": "Production"},
    ],
    ids=["in another region", "under another stack name"],
)
def test_the_same_app_deployed_again_does_not_take_the_first_ones_certificates(
    site: Made[StaticSite], other: dict[str, Any]
) -> None:
    stack = cdk.Stack(new_app(), "Stack", **other)
    static_site(stack, **DOMAIN)

    assert edge_stack(stack).stack_name != site.edge.stack.stack_name


def test_it_works_in_a_stage() -> None:
    stages = [cdk.Stage(new_app(), name, env=EU) for name in ("Test", "Production")]
    stacks = [cdk.Stack(stage, "Stack") for stage in stages]
    for stack in stacks:
        static_site(stack, **DOMAIN)
    names = [edge_stack(stack).stack_name for stack in stacks]

    assert names == [
        "Test-Stack-eu-west-1-edge-certificates",
        "Production-Stack-eu-west-1-edge-certificates",
    ]
    assembly = stages[0].synth()
    (support,) = [one for one in assembly.stacks if one.stack_name == names[0]]
    (main,) = [one for one in assembly.stacks if one.stack_name == "Test-Stack"]
    assert support.environment.region == "us-east-1"
    assert support.id in [one.id for one in main.dependencies]
    assert used_by(Template(stacks[0], main.template, assembly)) == {
        "Fn::GetStackOutput": {
            "StackName": names[0],
            "Region": "us-east-1",
            "OutputName": next(iter(support.template["Outputs"])),
        }
    }


def test_it_works_in_a_nested_stack() -> None:
    stack = new_stack(env=EU)
    static_site(cdk.NestedStack(stack, "Nested"), **DOMAIN)
    edge = edge_stack(stack)

    assert edge in stack.dependencies
    assert edge.stack_name == "Stack-eu-west-1-edge-certificates"
    assert len(certificates(Template.of_stack(edge))) == 1


def test_the_support_stack_is_protected_as_the_stack_is() -> None:
    stack = cdk.Stack(new_app(), "Stack", env=EU, termination_protection=True)
    static_site(stack, **DOMAIN)

    assert edge_stack(stack).termination_protection is True


def test_the_support_stack_is_deployed_with_the_apps_bootstrap() -> None:
    app = cdk.App(default_stack_synthesizer=cdk.DefaultStackSynthesizer(qualifier="acme"))
    stack = cdk.Stack(app, "Stack", env=EU)
    static_site(stack, **DOMAIN)

    parameters = Template.of_stack(edge_stack(stack)).body["Parameters"]
    assert parameters["BootstrapVersion"]["Default"] == "/cdk-bootstrap/acme/version"


def test_a_certificate_object_is_used() -> None:
    made = synthesize_site(
        lambda stack: {
            "certificate": acm.Certificate.from_certificate_arn(stack, "Own", CERTIFICATE)
        },
        **DOMAIN,
    )

    assert used_by(made.template) == CERTIFICATE


def test_with_a_given_certificate_there_is_no_support_stack() -> None:
    stack = new_stack(env=EU)
    static_site(stack, **DOMAIN, certificate_arn=CERTIFICATE)

    assert [one.node.id for one in stack.node.root.node.children] == ["Stack"]


def test_in_a_stack_for_any_region_it_must_be_given() -> None:
    with pytest.raises(OptionError, match=r"give the stack env=Environment\(.*or a certificate"):
        synthesize_site(env=None, **DOMAIN)

    made = synthesize_site(env=None, **DOMAIN, certificate_arn=CERTIFICATE)
    assert used_by(made.template) == CERTIFICATE


# --- One zone for several stacks


def test_stacks_share_a_zone_that_is_known_by_its_id() -> None:
    app = new_app()
    stacks = [new_stack(name, app=app, env=EU) for name in ("Www", "Shop")]
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stacks[0], "Zone", zone_name="example.com", hosted_zone_id="Z0123456789"
    )
    static_site(stacks[0], frontend_domain_name="www.example.com", hosted_zone=zone)
    static_site(stacks[1], frontend_domain_name="shop.example.com", hosted_zone=zone)

    for template in map(Template.of_stack, stacks):
        records = template.of_type("AWS::Route53::RecordSet")
        assert {one["HostedZoneId"] for one in records} == {"Z0123456789"}


def test_stacks_share_a_zone_that_another_stack_makes() -> None:
    app = new_app()
    zones = new_stack("Zones", app=app, env=EU)
    zone = route53.PublicHostedZone(zones, "Zone", zone_name="example.com")
    stack = new_stack("Www", app=app, env=EU)
    static_site(stack, frontend_domain_name="www.example.com", hosted_zone=zone)
    edge = Template.of_stack(edge_stack(stack))

    (validation,) = certificates(edge)[0]["DomainValidationOptions"]
    assert validation["HostedZoneId"]["Fn::GetStackOutput"]["StackName"] == "Zones"
    assert validation["HostedZoneId"]["Fn::GetStackOutput"]["Region"] == "eu-west-1"
    assert zones in edge.stack.dependencies


def test_a_zone_in_the_stack_itself_serves_in_us_east_1() -> None:
    made = synthesize_site(
        lambda stack: {
            "hosted_zone": route53.PublicHostedZone(stack, "Z", zone_name="example.com")
        },
        env=US,
        frontend_domain_name="www.example.com",
    )

    zone = made.template.one("AWS::Route53::HostedZone")
    (certificate,) = certificates(made.template)
    assert certificate["DomainValidationOptions"][0]["HostedZoneId"] == zone.ref


def test_a_zone_in_the_stack_itself_is_too_late_elsewhere() -> None:
    stack = new_stack(env=EU)
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")

    with pytest.raises(OptionError, match="make the zone in another stack or by hand") as refused:
        static_site(stack, frontend_domain_name="www.example.com", hosted_zone=zone)
    assert (refused.value.option, refused.value.value) == ("hosted_zone", "Stack/Zone")


def test_a_zone_of_a_stack_for_any_region_is_out_of_reach() -> None:
    app = new_app()
    zone = route53.PublicHostedZone(new_stack("Zones", app=app), "Zone", zone_name="example.com")

    with pytest.raises(OptionError, match=r"give Zones env=Environment\(account=..., region=...\)"):
        static_site(
            new_stack(app=app, env=EU), frontend_domain_name="www.example.com", hosted_zone=zone
        )


def test_a_zone_known_by_its_id_alone_has_no_name() -> None:
    stack = new_stack(env=EU)
    zone = route53.HostedZone.from_hosted_zone_id(stack, "Zone", "Z0123456789")

    with pytest.raises(OptionError, match=r"use from_hosted_zone_attributes\(\)") as refused:
        static_site(stack, frontend_domain_name="www.example.com", hosted_zone=zone)
    assert refused.value.option == "hosted_zone"


# --- DjangoVue: both certificates from one domain_name


def listener(made: Made[DjangoVue]) -> Resource:
    return made.template.of(made.construct.backend.web.listener)


def test_in_us_east_1_one_certificate_serves_both(vue_us: Made[DjangoVue]) -> None:
    (certificate,) = certificates(vue_us.template)

    assert certificate["DomainName"] == "blog.example.com"
    assert used_by(vue_us.template) == certificate.ref
    assert listener(vue_us)["Certificates"] == [{"CertificateArn": certificate.ref}]


def test_elsewhere_each_has_its_own_for_the_same_domain(vue: Made[DjangoVue]) -> None:
    (regional,) = certificates(vue.template)
    (edge,) = certificates(vue.edge)

    assert regional["DomainName"] == edge["DomainName"] == "blog.example.com"
    assert listener(vue)["Certificates"] == [{"CertificateArn": regional.ref}]
    assert used_by(vue.template) == read_from(vue.edge)
