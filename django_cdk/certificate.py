"""Certificates: in the stack's own region, or for CloudFront in us-east-1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_certificatemanager as acm
from aws_cdk import CfnOutput, Environment, Fn, Stack, Stage, Token

from .errors import OptionError

if TYPE_CHECKING:
    import aws_cdk.aws_route53 as route53
    from constructs import Construct

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
EDGE_REGION = "us-east-1"


def make_certificate(
    scope: Construct, id: str, domain_name: str, zone: route53.IHostedZone
) -> acm.Certificate:
    """A certificate in the stack of the scope, validated through the zone."""
    return acm.Certificate(
        scope,
        id,
        domain_name=domain_name,
        validation=acm.CertificateValidation.from_dns(zone),
    )


def edge_certificate(
    scope: Construct, domain_name: str, zone: route53.IHostedZone
) -> acm.ICertificate:
    """A certificate for CloudFront: in this stack, or in a support stack in ``us-east-1``.

    The support stack is deployed before this one and read by ``Fn::GetStackOutput``.

    :raises OptionError: the stack's region is unknown, or its zone is made in the stack itself.
    """
    stack = Stack.of(scope)
    if Token.is_unresolved(stack.region):
        raise OptionError(
            "certificate_arn",
            None,
            "CloudFront's certificate lies in us-east-1, and whether this stack does is unknown: "
            "give the stack env=Environment(account=..., region=...), or a certificate_arn.",
        )
    if stack.region == EDGE_REGION:
        return make_certificate(scope, "Certificate", domain_name, zone)
    if Token.is_unresolved(zone.hosted_zone_id):
        raise OptionError(
            "hosted_zone",
            zone.node.path,
            "it is made in this stack, and the certificate in us-east-1 must be validated through "
            "it before: make the zone in another stack or by hand, or give a certificate_arn.",
        )
    support = _support_stack(stack)
    made_id = "-".join(scope.node.path.split("/"))
    made = make_certificate(support, made_id, domain_name, zone)
    output = CfnOutput(support, f"{made_id}-Arn", value=made.certificate_arn)
    stack.add_stack_dependency(support, "CloudFront's certificate")
    arn = Fn.get_stack_output(
        support.stack_name, str(support.resolve(output.logical_id)), EDGE_REGION
    )
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


def _support_stack(stack: Stack) -> Stack:
    """One support stack for each stack that needs one, beside it in its stage."""
    stage = Stage.of(stack)
    if stage is None:
        raise OptionError(
            "certificate_arn", None, "a stack outside an App has no support stack: give an ARN."
        )
    support_id = f"{stack.node.id}-{EDGE_REGION}"
    existing = stage.node.try_find_child(support_id)
    if isinstance(existing, Stack):
        return existing
    return Stack(
        stage,
        support_id,
        env=Environment(account=stack.account, region=EDGE_REGION),
        description=f"Certificates in {EDGE_REGION} for the CloudFront distributions of "
        f"{stack.stack_name}",
    )
