"""Addresses and certificates, before any resource is made."""

from __future__ import annotations

import pytest
from aws_cdk import Aws

from django_cdk import OptionError
from django_cdk.domain import Address, check_certificate_arn, check_domain_name

ARN = "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b"

SITE = Address(host="api.example.com", scheme="https", zone_name="example.com")


def values(address: Address = SITE, **given: str) -> dict[str, object]:
    return dict(
        address.values(frontend_url=given.get("frontend_url"), cdn_domain=given.get("cdn_domain"))
    )


def test_without_a_domain_the_origin_is_plain_http() -> None:
    assert Address.of(None, "lb.amazonaws.com").origin == "http://lb.amazonaws.com"


def test_without_a_domain_there_is_no_zone() -> None:
    assert "zone_name" not in values(Address.of(None, "lb.amazonaws.com"))


def test_the_tokens_of_a_domain() -> None:
    assert values() == {
        "host": "api.example.com",
        "origin": "https://api.example.com",
        "trusted_origins": "https://api.example.com",
        "zone_name": "example.com",
    }


def test_a_front_end_elsewhere_is_trusted_too() -> None:
    given = values(frontend_url="https://www.example.com/start?x=1")

    assert given["trusted_origins"] == "https://api.example.com,https://www.example.com"
    assert given["frontend_url"] == "https://www.example.com/start?x=1"


def test_a_front_end_on_the_same_origin_is_not_named_twice() -> None:
    given = values(frontend_url="https://api.example.com/")

    assert given["trusted_origins"] == "https://api.example.com"


def test_a_front_end_keeps_its_port() -> None:
    given = values(frontend_url="http://localhost:5173")

    assert given["trusted_origins"] == "https://api.example.com,http://localhost:5173"


def test_a_cdn_has_a_token() -> None:
    assert values(cdn_domain="cdn.example.com")["cdn_domain"] == "cdn.example.com"


@pytest.mark.parametrize("url", ["www.example.com", "//www.example.com", "ftp://a.b", "https://"])
def test_refuses_a_front_end_that_is_no_url(url: str) -> None:
    with pytest.raises(OptionError, match=r"such as https://www\.example\.com") as refused:
        values(frontend_url=url)

    assert (refused.value.option, refused.value.value) == ("frontend_url", url)


@pytest.mark.parametrize("region", ["eu-central-1", Aws.REGION])
def test_takes_a_certificate_of_the_region_or_where_that_is_unknown(region: str) -> None:
    check_certificate_arn(ARN, region=region)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_takes_a_certificate_of_every_partition(partition: str) -> None:
    check_certificate_arn(ARN.replace("arn:aws:", f"arn:{partition}:"), region="eu-central-1")


def test_refuses_a_certificate_of_another_region() -> None:
    with pytest.raises(OptionError, match="lies in eu-central-1, and us-east-1 is needed"):
        check_certificate_arn(ARN, region="us-east-1")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "0a1b",
        "arn:aws:iam::111122223333:server-certificate/a",
        ARN.replace("111122223333", "1"),
    ],
)
def test_refuses_what_is_no_certificate(arn: str) -> None:
    with pytest.raises(OptionError, match="arn:aws:acm:REGION:ACCOUNT:certificate/ID") as refused:
        check_certificate_arn(arn, region="eu-central-1")

    assert (refused.value.option, refused.value.value) == ("certificate_arn", arn)


@pytest.mark.parametrize(
    "name", ["example.com", "a-b.c1.example.com", "xn--bcher-kva.example", "1.de", Aws.URL_SUFFIX]
)
def test_takes_a_domain_name(name: str) -> None:
    check_domain_name("api_domain_name", name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "localhost", "https://example.com", "example.com/api", "example.com:443"),
        *("Example.com", "example.com.", "*.example.com", "-a.example.com", "a b.example.com"),
        *("bücher.example", f"{64 * 'a'}.com", f"{127 * 'a.'}com"),
    ],
)
def test_refuses_what_is_no_domain_name(name: str) -> None:
    with pytest.raises(OptionError, match="without scheme, port or path") as refused:
        check_domain_name("api_domain_name", name)

    assert (refused.value.option, refused.value.value) == ("api_domain_name", name)
