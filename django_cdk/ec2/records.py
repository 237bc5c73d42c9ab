"""The domain of a machine: its zone, and the records that point at the fixed address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_route53 as route53

from django_cdk.domain import check_inside, find_zone

from .acknowledged import acknowledge

if TYPE_CHECKING:
    from constructs import Construct


def zone_of(
    scope: Construct,
    *,
    domain_name: str | None,
    zone_name: str | None,
    hosted_zone_id: str | None,
    hosted_zone: route53.IHostedZone | None,
) -> route53.IHostedZone | None:
    """The hosted zone of the domain, given or found; None without a domain.

    :raises OptionError: a domain outside its zone.
    """
    if domain_name is None:
        return None
    zone = hosted_zone or find_zone(scope, "domain_name", domain_name, zone_name, hosted_zone_id)
    check_inside("domain_name", domain_name, zone_name or zone.zone_name)
    return zone


def point_at(
    scope: Construct, *, zone: route53.IHostedZone, host: str, public_ip: str, portainer: bool
) -> None:
    """Points the domain, and Portainer's below it, at the address."""
    names = {"A": host}
    if portainer:
        names["PortainerA"] = f"portainer.{host}"
    for record_id, name in names.items():
        record = route53.ARecord(
            scope,
            record_id,
            zone=zone,
            record_name=f"{name}.",
            target=route53.RecordTarget.from_ip_addresses(public_ip),
        )
        acknowledge(record, "E3023", "The address is an attribute of the Elastic IP.")
