"""Certificates: in the stack's own region, or for CloudFront in us-east-1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk.aws_certificatemanager as acm
from aws_cdk import CfnOutput, Environment, Fn, Names, Stack, Stage, Token

from .errors import OptionError

if TYPE_CHECKING:
    import aws_cdk.aws_route53 as route53
    from constructs import Construct, IConstruct

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

    :raises OptionError: the stack's region is unknown, or the zone's id before it is deployed.
    """
    stack = _deployed_stack(scope)
    if Token.is_unresolved(stack.region):
        raise OptionError(
            "certificate_arn",
            None,
            "CloudFront's certificate lies in us-east-1, and whether this stack does is unknown: "
            "give the stack env=Environment(account=..., region=...), or a certificate_arn.",
        )
    if stack.region == EDGE_REGION:
        return make_certificate(scope, "Certificate", domain_name, zone)
    _check_zone(stack, zone)
    support = EdgeCertificates.beside(stack)
    # A path may read the same as another one without its slashes; this has a hash.
    made_id = Names.unique_id(scope)
    made = make_certificate(support, made_id, domain_name, zone)
    output = CfnOutput(support, f"{made_id}Arn", value=made.certificate_arn)
    arn = Fn.get_stack_output(
        support.stack_name, str(support.resolve(output.logical_id)), EDGE_REGION
    )
    return acm.Certificate.from_certificate_arn(scope, "Certificate", arn)


class EdgeCertificates(Stack):
    """The certificates in ``us-east-1`` of one stack of another region.

    It stands beside that stack in its app or stage and is deployed before it.
    """

    @classmethod
    def beside(cls, stack: Stack) -> EdgeCertificates:
        """The one of a stack, made when first asked for.

        :raises OptionError: the stack stands in no app.
        """
        stage = Stage.of(stack)
        if stage is None:
            raise OptionError(
                "certificate_arn", None, "a stack outside an App has no support stack: give an ARN."
            )
        support_id = f"{stack.node.id}-edge-certificates"
        existing = stage.node.try_find_child(support_id)
        if isinstance(existing, cls):
            return existing
        support = cls(
            stage,
            support_id,
            # The same app may be deployed to several regions, or under several stack names.
            stack_name=f"{stack.stack_name}-{stack.region}-edge-certificates",
            env=Environment(account=stack.account, region=EDGE_REGION),
            termination_protection=stack.termination_protection,
            description=f"Certificates in {EDGE_REGION} for the CloudFront distributions of "
            f"{stack.stack_name} in {stack.region}",
        )
        stack.add_stack_dependency(support, "CloudFront's certificate")
        return support


def _deployed_stack(scope: IConstruct) -> Stack:
    """The stack that a nested stack is deployed with, or the scope's own."""
    stack = Stack.of(scope)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack


def _check_zone(stack: Stack, zone: route53.IHostedZone) -> None:
    """Refuses a zone whose id the support stack can't know when it is deployed."""
    if not Token.is_unresolved(zone.hosted_zone_id):
        return
    home = _deployed_stack(zone)
    if home.node.path == stack.node.path:
        raise OptionError(
            "hosted_zone",
            zone.node.path,
            "its id is known only once this stack is deployed, and the certificate in us-east-1 "
            "must be validated through it before: make the zone in another stack or by hand, or "
            "give a certificate_arn.",
        )
    if Token.is_unresolved(home.region):
        raise OptionError(
            "hosted_zone",
            zone.node.path,
            f"the certificate in us-east-1 can't refer to it while the region of its stack is "
            f"unknown: give {home.node.path} env=Environment(account=..., region=...).",
        )
