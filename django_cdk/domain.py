"""The domain of an application: its hosted zone, its certificate and its alias records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack
from urllib.parse import urlsplit

import aws_cdk.aws_certificatemanager as acm
import aws_cdk.aws_route53 as route53
from aws_cdk import Stack, Token
from constructs import Construct

from .certificate import EDGE_REGION, edge_certificate, make_certificate
from .errors import OptionError, refuse_together, refuse_without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .environment import Value


class DomainProps(TypedDict, total=False):
    """The options of :class:`Domain` that constructs hand on as they got them."""

    zone_name: str | None
    hosted_zone_id: str | None
    hosted_zone: route53.IHostedZone | None
    certificate_arn: str | None
    certificate: acm.ICertificate | None


_CERTIFICATE_ARN = re.compile(r"arn:[a-z-]+:acm:(?P<region>[a-z0-9-]+):\d{12}:certificate/.+")


class Domain(Construct):
    """A domain name with its zone and a certificate, given or made.

    :param option: name of the user's option that holds the domain, for error messages.
    :param domain_name: the domain.
    :param zone_name: name of its hosted zone; looked up by the CDK command line (which needs the
        stack's account and region) unless ``hosted_zone_id`` is given too.
    :param hosted_zone_id: id of that zone; nothing is looked up then.
    :param hosted_zone: the zone as an object, instead of the two above.
    :param certificate_arn: certificate for the domain, in the region of the stack.
    :param certificate: the same as an object. Default: one is made and validated through the zone.
    :param edge: the domain is CloudFront's, whose certificates lie in ``us-east-1``.
    :raises OptionError: no domain name, a domain without its zone or outside it, a certificate of
        another region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        option: str,
        domain_name: str,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_arn: str | None = None,
        certificate: acm.ICertificate | None = None,
        edge: bool = False,
    ) -> None:
        super().__init__(scope, id)
        check_domain_name(option, domain_name)
        self.domain_name = domain_name
        zone, name = zone_of(
            self,
            option,
            domain_name,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
        )
        #: Its hosted zone, given or looked up.
        self.zone: route53.IHostedZone = zone
        self.zone_name: str = name
        refuse_together("names one too", certificate=certificate, certificate_arn=certificate_arn)
        if certificate_arn is not None:
            region = EDGE_REGION if edge else Stack.of(self).region
            check_certificate_arn(certificate_arn, region=region)
            certificate = acm.Certificate.from_certificate_arn(
                self, "GivenCertificate", certificate_arn
            )
        self.certificate: acm.ICertificate = certificate or (
            edge_certificate(self, domain_name, self.zone)
            if edge
            else make_certificate(self, "Certificate", domain_name, self.zone)
        )

    @classmethod
    def optional(
        cls,
        scope: Construct,
        id: str,
        *,
        option: str,
        domain_name: str | None,
        edge: bool = False,
        **given: Unpack[DomainProps],
    ) -> Domain | None:
        """A domain where one is given, else None.

        :raises OptionError: a zone or certificate that would do nothing without a domain.
        """
        if domain_name is not None:
            return cls(scope, id, option=option, domain_name=domain_name, edge=edge, **given)
        refuse_without(option, present=domain_name, **given)
        return None

    def add_alias(self, target: route53.IAliasRecordTarget, *, ipv6: bool) -> None:
        """Points the domain at a load balancer or distribution: an A and, for IPv6, AAAA record."""
        to = route53.RecordTarget.from_alias(target)
        route53.ARecord(self, "A", zone=self.zone, record_name=f"{self.domain_name}.", target=to)
        if ipv6:
            route53.AaaaRecord(
                self, "Aaaa", zone=self.zone, record_name=f"{self.domain_name}.", target=to
            )


@dataclass(frozen=True, kw_only=True)
class Address:
    """Under which name browsers reach an application.

    :param host: domain, or name of the load balancer.
    :param scheme: ``https`` with a domain, else ``http``.
    :param zone_name: name of the hosted zone; None without a domain.
    """

    host: str
    scheme: str
    zone_name: str | None = None

    @classmethod
    def of(cls, domain: Domain | None, otherwise: str) -> Address:
        """The domain's address, or plain HTTP on another name."""
        if domain is None:
            return cls(host=otherwise, scheme="http")
        return cls(host=domain.domain_name, scheme="https", zone_name=domain.zone_name)

    @property
    def origin(self) -> str:
        """Scheme and host, as in an Origin header."""
        return f"{self.scheme}://{self.host}"

    def values(self, *, frontend_url: str | None, cdn_domain: str | None) -> Mapping[str, Value]:
        """What the tokens of the address stand for."""
        values: dict[str, Value] = {
            "host": self.host,
            "origin": self.origin,
            "trusted_origins": self.origin,
        }
        if frontend_url is not None:
            frontend_origin = _origin(frontend_url)
            values["frontend_url"] = frontend_url
            if frontend_origin != self.origin:
                values["trusted_origins"] = f"{self.origin},{frontend_origin}"
        if cdn_domain is not None:
            values["cdn_domain"] = cdn_domain
        if self.zone_name is not None:
            values["zone_name"] = self.zone_name
        return values


def _origin(url: str) -> str:
    if Token.is_unresolved(url):
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise OptionError("frontend_url", url, "give a URL such as https://www.example.com.")
    return f"{parts.scheme}://{parts.netloc}"


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN_NAME = re.compile(rf"(?=.{{4,253}}$){_LABEL}(?:\.{_LABEL})+")


def check_domain_name(option: str, domain_name: str) -> None:
    """Refuses what is no domain name, such as a URL.

    :raises OptionError: with an example.
    """
    if Token.is_unresolved(domain_name) or _DOMAIN_NAME.fullmatch(domain_name):
        return
    raise OptionError(
        option,
        domain_name,
        "give a domain name in lower case, without scheme, port or path: www.example.com.",
    )


def check_certificate_arn(arn: str, *, region: str) -> None:
    """Refuses what is not a certificate's ARN, or one of another region.

    :raises OptionError: with the region that is needed.
    """
    if Token.is_unresolved(arn):
        return
    match = _CERTIFICATE_ARN.fullmatch(arn)
    if match is None:
        raise OptionError(
            "certificate_arn",
            arn,
            "give the ARN of an ACM certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID.",
        )
    if not Token.is_unresolved(region) and match["region"] != region:
        raise OptionError(
            "certificate_arn",
            arn,
            f"it lies in {match['region']}, and {region} is needed here: give one of that region, "
            "or none, and it is made.",
        )


def find_zone(
    scope: Construct,
    option: str,
    domain_name: str,
    zone_name: str | None,
    hosted_zone_id: str | None,
) -> route53.IHostedZone:
    """The hosted zone of a domain, by its id or looked up by the CDK command line.

    :raises OptionError: no zone is named, or nobody knows where to look it up.
    """
    if zone_name is None:
        raise OptionError(
            option, domain_name, "give zone_name (or hosted_zone) too: the zone it lies in."
        )
    if hosted_zone_id is not None:
        return route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", zone_name=zone_name, hosted_zone_id=hosted_zone_id
        )
    stack = Stack.of(scope)
    if Token.is_unresolved(stack.account) or Token.is_unresolved(stack.region):
        raise OptionError(
            "zone_name",
            zone_name,
            "looking up the zone needs the stack's account and region: give the stack "
            "env=Environment(account=..., region=...), or pass hosted_zone_id too.",
        )
    return route53.HostedZone.from_lookup(scope, "Zone", domain_name=zone_name)


def zone_of(
    scope: Construct,
    option: str,
    domain_name: str,
    *,
    zone_name: str | None,
    hosted_zone_id: str | None,
    hosted_zone: route53.IHostedZone | None,
) -> tuple[route53.IHostedZone, str]:
    """The hosted zone of a domain, given or found, and its name.

    :raises OptionError: a zone that is named twice, or a domain outside it.
    """
    names = "names the zone too"
    refuse_together(names, hosted_zone=hosted_zone, zone_name=zone_name)
    refuse_together(names, hosted_zone=hosted_zone, hosted_zone_id=hosted_zone_id)
    zone = hosted_zone or find_zone(scope, option, domain_name, zone_name, hosted_zone_id)
    name = zone_name or _name_of(zone)
    check_inside(option, domain_name, name)
    return zone, name


def _name_of(zone: route53.IHostedZone) -> str:
    try:
        return zone.zone_name
    except RuntimeError as error:
        raise OptionError(
            "hosted_zone",
            zone.node.path,
            "HostedZone.from_hosted_zone_id() knows no name: use from_hosted_zone_attributes(), or "
            "give zone_name and hosted_zone_id instead.",
        ) from error


def check_inside(option: str, domain_name: str, zone_name: str) -> None:
    """Refuses a domain outside its zone.

    :raises OptionError: with both.
    """
    if Token.is_unresolved(domain_name) or Token.is_unresolved(zone_name):
        return
    zone = zone_name.rstrip(".")
    if domain_name != zone and not domain_name.endswith(f".{zone}"):
        raise OptionError(
            option,
            domain_name,
            f"it lies outside the zone {zone!r}: give a name that ends in .{zone}, or its own "
            "zone.",
        )
