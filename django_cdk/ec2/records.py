"""The records that point a domain at the fixed address of a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_route53 as route53

from .acknowledged import acknowledge

if TYPE_CHECKING:
    from constructs import Construct


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
