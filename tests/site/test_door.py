"""The load balancer of a DjangoVue: CloudFront's alone, over HTTPS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from django_cdk import DjangoVue
from tests.site.sites import Made
from tests.stacks import Resource, Template

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


def load_balancer(made: Made[DjangoVue]) -> Resource:
    return made.template.one("AWS::ElasticLoadBalancingV2::LoadBalancer")


def listener(made: Made[DjangoVue], port: int = 443) -> Resource:
    (found,) = [one for one in made.template.of_type(LISTENER) if one["Port"] == port]
    return found


def ingress(made: Made[DjangoVue]) -> list[Any]:
    """The rules of the load balancer's security group."""
    ((reference,),) = [load_balancer(made)["SecurityGroups"]]
    group = made.template.resources[reference["Fn::GetAtt"][0]]
    return list(made.template.ingress(group))


def open_to_the_world(template: Template) -> list[str]:
    """Every inbound rule, of any security group, that names an address range."""
    groups = template.of_type("AWS::EC2::SecurityGroup")
    return [
        str(rule)
        for group in groups
        for rule in template.ingress(group)
        if "CidrIp" in rule or "CidrIpv6" in rule
    ]


@pytest.fixture(scope="module", params=["vpc_origin", "public"])
def either(
    request: pytest.FixtureRequest, vue: Made[DjangoVue], public: Made[DjangoVue]
) -> Made[DjangoVue]:
    """Both ways to the load balancer."""
    return {"vpc_origin": vue, "public": public}[request.param]


def test_only_cloudfronts_addresses_are_let_in_on_443_only(either: Made[DjangoVue]) -> None:
    (rule,) = ingress(either)
    prefix_list = either.template.one("Custom::AWS")

    assert rule["SourcePrefixListId"] == prefix_list.attribute("PrefixLists.0.PrefixListId")
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)


def test_no_security_group_lets_an_address_range_in(either: Made[DjangoVue]) -> None:
    assert open_to_the_world(either.template) == []


def test_the_list_is_the_one_of_cloudfronts_origin_facing_addresses(
    either: Made[DjangoVue],
) -> None:
    lookup = either.template.one("Custom::AWS")

    for call in ("Create", "Update"):
        assert '"action":"describeManagedPrefixLists"' in lookup[call]
        assert "com.amazonaws.global.cloudfront.origin-facing" in lookup[call]


def test_the_lookup_may_do_nothing_else(either: Made[DjangoVue]) -> None:
    (policy,) = [
        one
        for one in either.template.of_type("AWS::IAM::Policy")
        if one.id.startswith("CloudFrontPrefixList")
    ]

    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "ec2:DescribeManagedPrefixLists"


def test_every_origin_path_reaches_the_load_balancer(either: Made[DjangoVue]) -> None:
    targets = {
        behavior["TargetOriginId"]
        for path, behavior in either.behaviors.items()
        if path.split("/")[1] in ("api", "admin", "graphql")
    }

    assert len(targets) == 1


def test_the_listener_has_the_domains_certificate(either: Made[DjangoVue]) -> None:
    assert listener(either)["Protocol"] == "HTTPS"
    assert len(listener(either)["Certificates"]) == 1
    assert listener(either)["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")


def test_slow_uploads_have_a_minute(either: Made[DjangoVue]) -> None:
    origin = either.origin(either.behaviors["/api/*"])
    config = origin.get("VpcOriginConfig") or origin["CustomOriginConfig"]

    assert config["OriginReadTimeout"] == 60


# --- Internal, through a VPC origin: the default


def test_by_default_it_is_internal(vue: Made[DjangoVue]) -> None:
    assert load_balancer(vue)["Scheme"] == "internal"


def test_internal_it_stands_in_private_subnets(vue: Made[DjangoVue]) -> None:
    private = {one.id for one in vue.template.subnets("Private")}

    assert {one["Ref"] for one in load_balancer(vue)["Subnets"]} == private


def test_internal_it_is_reached_through_a_vpc_origin(vue: Made[DjangoVue]) -> None:
    vpc_origin = vue.template.one("AWS::CloudFront::VpcOrigin")
    origin = vue.origin(vue.behaviors["/api/*"])

    assert vpc_origin["VpcOriginEndpointConfig"]["Arn"] == load_balancer(vue).ref
    assert origin["VpcOriginConfig"]["VpcOriginId"] == vpc_origin.attribute("Id")


def test_internal_it_is_spoken_to_over_https_only(vue: Made[DjangoVue]) -> None:
    config = vue.template.one("AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]

    assert config["OriginProtocolPolicy"] == "https-only"
    assert config["OriginSSLProtocols"] == ["TLSv1.2"]


def test_internal_its_certificate_is_checked_against_the_domain(vue: Made[DjangoVue]) -> None:
    assert vue.origin(vue.behaviors["/api/*"])["DomainName"] == "blog.example.com"


def test_internal_it_forwards_without_a_secret(vue: Made[DjangoVue]) -> None:
    (action,) = listener(vue)["DefaultActions"]

    assert action["Type"] == "forward"
    assert vue.construct.only_cloudfront is None
    assert "OriginCustomHeaders" not in vue.origin(vue.behaviors["/api/*"])
    assert "AWS::ElasticLoadBalancingV2::ListenerRule" not in vue.template.types


# --- Public


def rule(made: Made[DjangoVue]) -> Resource:
    return made.template.one("AWS::ElasticLoadBalancingV2::ListenerRule")


def secret(made: Made[DjangoVue]) -> Resource:
    origin = made.construct.site.load_balancer_origin
    assert origin
    assert origin.secret
    return made.template.of(origin.secret)


def reference(made: Made[DjangoVue]) -> dict[str, Any]:
    """The secret as CloudFormation reads it at deployment."""
    return {
        "Fn::Join": [
            "",
            ["{{resolve:secretsmanager:", secret(made).ref, ":SecretString:::}}"],
        ]
    }


def test_public_it_faces_the_internet(public: Made[DjangoVue]) -> None:
    assert load_balancer(public)["Scheme"] == "internet-facing"
    assert "AWS::CloudFront::VpcOrigin" not in public.template.types


def test_public_it_is_spoken_to_over_https_only(public: Made[DjangoVue]) -> None:
    origin = public.origin(public.behaviors["/api/*"])

    assert origin["DomainName"] == load_balancer(public).attribute("DNSName")
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_public_it_answers_403_by_default(public: Made[DjangoVue]) -> None:
    (action,) = listener(public)["DefaultActions"]

    assert action["Type"] == "fixed-response"
    assert action["FixedResponseConfig"]["StatusCode"] == "403"


def test_public_it_hands_on_only_what_carries_the_secret_header(public: Made[DjangoVue]) -> None:
    (action,) = rule(public)["Actions"]
    (condition,) = rule(public)["Conditions"]
    target_group = public.template.one("AWS::ElasticLoadBalancingV2::TargetGroup")

    assert rule(public)["ListenerArn"] == listener(public).ref
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", target_group.ref)
    assert condition == {
        "Field": "http-header",
        "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": [reference(public)]},
    }


def test_public_cloudfront_sends_the_secret_header(public: Made[DjangoVue]) -> None:
    assert public.origin(public.behaviors["/api/*"])["OriginCustomHeaders"] == [
        {"HeaderName": "X-Origin-Verify", "HeaderValue": reference(public)}
    ]


def test_public_no_other_origin_gets_the_secret(public: Made[DjangoVue]) -> None:
    with_header = [one for one in public.distribution["Origins"] if "OriginCustomHeaders" in one]

    assert len(with_header) == 1


def test_the_secret_is_generated_and_in_no_template(public: Made[DjangoVue]) -> None:
    generated = secret(public)

    assert generated["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 40}
    assert "SecretString" not in generated.properties
    text = json.dumps(public.template.body)
    assert text.count(json.dumps(generated.ref)) == 2
    assert text.count(json.dumps(reference(public))) == 2


def test_public_the_service_starts_when_the_rule_uses_its_target_group(
    public: Made[DjangoVue],
) -> None:
    assert rule(public).id in public.template.one("AWS::ECS::Service").definition["DependsOn"]
