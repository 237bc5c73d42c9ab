"""Vue and Django behind one domain: the easiest way to deploy all components."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Unpack

import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_elasticloadbalancingv2 as elbv2
from aws_cdk import Stack
from constructs import Construct

from .cdn.behaviors import BACKEND_PATHS, STATIC_CACHE_CONTROL
from .cdn.door import SECRET_HEADER, LoadBalancerAccess
from .certificate import EDGE_REGION
from .django_ecs import DjangoEcs
from .domain import check_domain_name
from .ecs.props import DjangoEcsProps
from .errors import OptionError, closest, names_path, told_as
from .static_site import StaticSite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_secretsmanager as secretsmanager
    from aws_cdk import RemovalPolicy

    from .cdn.media import MediaAccess


class DjangoVue(Construct):
    """A single-page application and the Django application behind it, on one domain.

    CloudFront serves the site, hands ``backend_paths`` to the load balancer, and reads static and
    media files from the assets bucket, so that an HttpOnly cookie set by the API reaches the
    browser. The load balancer lets in CloudFront only. Pages of the domain may upload to the assets
    bucket by presigned POST or PUT.

    :param domain_name: the one domain.
    :param path_to_dist: directory with the built site and its ``index.html``.
    :param zone_name: the domain's hosted zone. Default: ``hosted_zone`` names it.
    :param hosted_zone_id: the zone's id; without it the CDK command line looks the zone up.
    :param hosted_zone: the zone as an object, instead of the two above.
    :param certificate_arn: certificate for CloudFront, in ``us-east-1``. Default: made there. In
        that region the load balancer takes the same.
    :param load_balancer_certificate_arn: certificate for the load balancer, in the stack's own
        region when that is another. Default: made.
    :param load_balancer_access: ``vpc_origin``: the load balancer is internal; ``public``: it has
        public addresses and asks for CloudFront's address and a secret header.
    :param hashed_paths: as :class:`StaticSite`.
    :param backend_paths: as :class:`StaticSite`.
    :param static_cache_control: as :class:`StaticSite`.
    :param media_access: as :class:`StaticSite`.
    :param media_public_key: as :class:`StaticSite`.
    :param media_key_group: as :class:`StaticSite`.
    :param content_security_policy: as :class:`StaticSite`.
    :param access_logs: as :class:`StaticSite`.
    :param web_acl_arn: as :class:`StaticSite`.
    :param price_class: as :class:`StaticSite`.
    :param superseded_days: as :class:`StaticSite`.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks. Default: as
        :class:`DjangoEcs` and :class:`StaticSite`.
    :param ecs: the options of :class:`DjangoApp`, and those of :class:`DjangoEcs` but for its
        load balancer, domain and upload origins, which follow from ``domain_name``. The user's
        own ``bucket`` needs the CORS rule for uploads, and the bucket policy for CloudFront when
        it was made elsewhere.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain_name: str,
        path_to_dist: str,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_arn: str | None = None,
        load_balancer_certificate_arn: str | None = None,
        load_balancer_access: LoadBalancerAccess = "vpc_origin",
        hashed_paths: Sequence[str] = ("assets/*",),
        backend_paths: Sequence[str] = BACKEND_PATHS,
        static_cache_control: str = STATIC_CACHE_CONTROL,
        media_access: MediaAccess = "public",
        media_public_key: str | None = None,
        media_key_group: cloudfront.IKeyGroup | None = None,
        content_security_policy: str | None = None,
        access_logs: bool = False,
        web_acl_arn: str | None = None,
        price_class: cloudfront.PriceClass = cloudfront.PriceClass.PRICE_CLASS_ALL,
        superseded_days: int = 30,
        removal_policy: RemovalPolicy | None = None,
        **ecs: Unpack[DjangoEcsProps],
    ) -> None:
        super().__init__(scope, id)
        one_region = Stack.of(self).region == EDGE_REGION
        if one_region and load_balancer_certificate_arn is not None:
            raise OptionError(
                "load_balancer_certificate_arn",
                load_balancer_certificate_arn,
                f"in {EDGE_REGION} certificate_arn serves both: leave this one out.",
            )
        check_domain_name("domain_name", domain_name)
        _check_options(ecs)
        origin = f"https://{domain_name}"
        backend_names = {"api_domain_name": "domain_name"}
        if not one_region:
            backend_names["certificate_arn"] = "load_balancer_certificate_arn"
        #: The Django application.
        with told_as(backend_names, path=self.node.path):
            self.backend = DjangoEcs(
                self,
                "Backend",
                api_domain_name=domain_name,
                zone_name=zone_name,
                hosted_zone_id=hosted_zone_id,
                hosted_zone=hosted_zone,
                certificate_arn=certificate_arn if one_region else load_balancer_certificate_arn,
                alias_records=False,
                public_load_balancer=load_balancer_access == "public",
                open_listener=False,
                cdn_domain=domain_name,
                frontend_url=origin,
                upload_origins=() if ecs.get("bucket") else [origin],
                removal_policy=removal_policy,
                **ecs,
            )
        domain = self.backend.domain
        #: The site in front of it.
        with told_as({"frontend_domain_name": "domain_name"}, path=self.node.path):
            self.site = StaticSite(
                self,
                "Site",
                path_to_dist=path_to_dist,
                hashed_paths=hashed_paths,
                frontend_domain_name=domain_name,
                hosted_zone=domain.zone if domain else None,
                certificate=domain.certificate if domain and one_region else None,
                certificate_arn=None if one_region else certificate_arn,
                load_balancer=self.backend.load_balancer,
                load_balancer_access=load_balancer_access,
                backend_paths=backend_paths,
                assets_bucket=self.backend.static_file_bucket,
                static_cache_control=static_cache_control,
                media_access=media_access,
                media_public_key=media_public_key,
                media_key_group=media_key_group,
                content_security_policy=content_security_policy,
                access_logs=access_logs,
                web_acl_arn=web_acl_arn,
                price_class=price_class,
                superseded_days=superseded_days,
                removal_policy=removal_policy,
            )
        #: The CloudFront distribution, which has the domain.
        self.distribution = self.site.distribution
        # New pages may ask for what only the new application answers.
        self.site.content.node.add_dependency(self.backend.web.service)
        secret = self.site.load_balancer_origin and self.site.load_balancer_origin.secret
        #: Hands on only what carries the secret header; None with a VPC origin.
        self.only_cloudfront = self._ask_for(secret) if secret else None

    def _ask_for(self, secret: secretsmanager.ISecret) -> elbv2.ApplicationListenerRule:
        """Makes the listener answer 403 to whoever does not carry the secret header."""
        web = self.backend.web
        rule = elbv2.ApplicationListenerRule(
            self,
            "OnlyCloudFront",
            listener=web.listener,
            priority=1,
            conditions=[
                elbv2.ListenerCondition.http_header(
                    SECRET_HEADER, [secret.secret_value.unsafe_unwrap()]
                )
            ],
            action=elbv2.ListenerAction.forward([web.target_group]),
        )
        listener = web.listener.node.default_child
        if isinstance(listener, elbv2.CfnListener):
            listener.add_property_override("DefaultActions", [_FORBIDDEN])
        # A service needs a target group that a listener already uses, which the rule now does.
        web.service.node.add_dependency(rule)
        return rule


# What DjangoEcs and StaticSite are told so that both stand behind one domain.
_DECIDED = {
    "api_domain_name",
    "frontend_domain_name",
    "certificate",
    "load_balancer",
    "public_load_balancer",
    "open_listener",
    "alias_records",
    "cdn_domain",
    "frontend_url",
    "upload_origins",
    "assets_bucket",
}


def _check_options(ecs: Mapping[str, object]) -> None:
    """Refuses options that type checkers refuse too."""
    for option, value in ecs.items():
        if option in _DECIDED:
            raise OptionError(
                option, value, "here it follows from domain_name and load_balancer_access."
            )
        if option not in DjangoEcsProps.__annotations__:
            own = {
                name
                for name, one in inspect.signature(DjangoVue.__init__).parameters.items()
                if one.kind is one.KEYWORD_ONLY
            }
            known = {*own, *DjangoEcsProps.__annotations__}
            raise OptionError(option, value, f"there is no such option; {closest(option, known)}")


_FORBIDDEN = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "403",
        "ContentType": "text/plain",
        "MessageBody": "This address is CloudFront's alone.",
    },
}
