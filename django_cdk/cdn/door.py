"""The way from CloudFront to the load balancer, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_cloudfront_origins as origins
import aws_cdk.aws_ec2 as ec2
import aws_cdk.aws_secretsmanager as secretsmanager
from aws_cdk import Duration, Stack, custom_resources
from constructs import Construct

from django_cdk.errors import check_choice
from django_cdk.handler_function import handler_logs

from .names import edge_name

if TYPE_CHECKING:
    import aws_cdk.aws_elasticloadbalancingv2 as elbv2

LoadBalancerAccess = Literal["vpc_origin", "public"]

SECRET_HEADER = "X-Origin-Verify"  # noqa: S105 - the header's name
_PREFIX_LIST = "com.amazonaws.global.cloudfront.origin-facing"
_PREFIX_LIST_ID = "CloudFrontPrefixList"

# The longest that CloudFront's default quota allows; slow uploads need it.
_READ_TIMEOUT = Duration.seconds(60)


class LoadBalancerOrigin(Construct):
    """The load balancer as CloudFront's origin, over HTTPS, open to CloudFront alone.

    :param load_balancer: with an HTTPS listener whose certificate covers the domain.
    :param domain_name: the site's domain; CloudFront hands it on as Host, and the certificate of
        the load balancer is checked against it.
    :param access: ``vpc_origin``: the load balancer is internal and CloudFront reaches into the
        VPC; ``public``: it has public addresses, let in are CloudFront's own only, and a secret
        header tells this distribution from others.
    :raises OptionError: an unknown ``access``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        load_balancer: elbv2.IApplicationLoadBalancer,
        domain_name: str,
        access: LoadBalancerAccess,
    ) -> None:
        super().__init__(scope, id)
        check_choice("load_balancer_access", access, get_args(LoadBalancerAccess))
        load_balancer.connections.allow_from(
            ec2.Peer.prefix_list(cloudfront_prefix_list(self)),
            ec2.Port.tcp(443),
            "HTTPS from CloudFront",
        )
        #: Secret value of the header; None with a VPC origin.
        self.secret: secretsmanager.Secret | None = None
        if access == "vpc_origin":
            #: The load balancer, as CloudFront reaches it.
            self.origin: cloudfront.IOrigin = origins.VpcOrigin.with_application_load_balancer(
                load_balancer,
                domain_name=domain_name,
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                read_timeout=_READ_TIMEOUT,
                vpc_origin_name=edge_name(self, "Vpc"),
            )
            return
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description=f"Tells {self.node.path} from other distributions",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=40
            ),
        )
        self.origin = origins.HttpOrigin(
            load_balancer.load_balancer_dns_name,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            read_timeout=_READ_TIMEOUT,
            custom_headers={SECRET_HEADER: self.secret.secret_value.unsafe_unwrap()},
        )


def cloudfront_prefix_list(scope: Construct) -> str:
    """Id of AWS's list of CloudFront's addresses in the stack's region.

    The id differs by region, so it is looked up at deployment: once for each stack.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
    """
    stack = Stack.of(scope)
    lookup = stack.node.try_find_child(_PREFIX_LIST_ID)
    if not isinstance(lookup, custom_resources.AwsCustomResource):
        call = custom_resources.AwsSdkCall(
            service="EC2",
            action="describeManagedPrefixLists",
            parameters={"Filters": [{"Name": "prefix-list-name", "Values": [_PREFIX_LIST]}]},
            physical_resource_id=custom_resources.PhysicalResourceId.of(_PREFIX_LIST),
            output_paths=["PrefixLists.0.PrefixListId"],
        )
        lookup = custom_resources.AwsCustomResource(
            stack,
            _PREFIX_LIST_ID,
            on_update=call,
            install_latest_aws_sdk=False,
            log_group=handler_logs(stack, f"{_PREFIX_LIST_ID}Logs"),
            # The action knows no narrower resource.
            policy=custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"]),
        )
    return lookup.get_response_field("PrefixLists.0.PrefixListId")
