"""A static site or single-page application on S3 and CloudFront."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk.aws_cloudfront as cloudfront
import aws_cdk.aws_route53_targets as route53_targets
from aws_cdk import Annotations, CfnOutput, Token
from constructs import Construct

from .cdn.behaviors import (
    BACKEND_PATHS,
    MEDIA_PATH,
    STATIC_CACHE_CONTROL,
    STATIC_PATH,
    assets_behaviors,
    backend_behaviors,
    bucket_behavior,
    bucket_origin,
    check_paths,
)
from .cdn.content import SiteBucket, SiteContent
from .cdn.dist import Dist
from .cdn.door import LoadBalancerAccess, LoadBalancerOrigin
from .cdn.headers import SiteHeaders
from .cdn.media import MediaAccess, trusted_keys
from .cdn.names import edge_name
from .domain import Address, Domain
from .errors import OptionError, given, names_path, refuse_without
from .removal import Removal
from .storage import LogBucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aws_cdk.aws_certificatemanager as acm
    import aws_cdk.aws_elasticloadbalancingv2 as elbv2
    import aws_cdk.aws_route53 as route53
    import aws_cdk.aws_s3 as s3
    from aws_cdk import RemovalPolicy

# https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
_WEB_ACL_ARN = re.compile(r"arn:[a-z-]+:wafv2:us-east-1:\d{12}:global/webacl/.+")

_ROUTER = Path(__file__).parent / "cdn" / "spa_router.js"


class StaticSite(Construct):
    """A built site in a private bucket, served by CloudFront, with certificate and DNS records.

    With ``load_balancer`` and ``assets_bucket`` the application behind it answers on the same
    domain; :class:`DjangoVue` wires both.

    :param path_to_dist: directory with the built site and its ``index.html``.
    :param hashed_paths: patterns of files whose names change with their content, kept by browsers
        for a year: ``assets/*`` (Vite). Vue CLI: ``js/*``, ``css/*``, ``img/*``, ``fonts/*``. Empty
        when no name does.
    :param frontend_domain_name: domain of the site. Default: CloudFront's own name.
    :param zone_name: its hosted zone. Default: ``hosted_zone`` names it, or there is no domain.
    :param hosted_zone_id: the zone's id; without it the CDK command line looks the zone up.
    :param hosted_zone: the zone as an object, instead of the two above, so that several stacks
        share one.
    :param certificate_arn: certificate for the domain, in ``us-east-1``. Default: made there, in
        a support stack when this stack's region is another.
    :param certificate: the same as an object, instead of its ARN.
    :param load_balancer: the application's load balancer with an HTTPS listener for the domain.
        Default: the site is alone.
    :param load_balancer_access: ``vpc_origin`` for an internal load balancer; ``public`` for one
        with public addresses, which lets in CloudFront only.
    :param backend_paths: patterns that go to the load balancer, each also without ``/*``.
    :param assets_bucket: bucket with the prefixes ``static/`` and ``media/``. Default: none.
    :param static_cache_control: ``Cache-Control`` for static files that carry none. The default
        of a year asks for hashed names (``S3ManifestStaticStorage``).
    :param media_access: ``public``: whoever has the address sees a media file; ``private``: only
        with a CloudFront signed URL or cookie.
    :param media_public_key: PEM public key that signatures are checked with. Default: none, for
        public media.
    :param media_key_group: a trusted key group instead.
    :param content_security_policy: this header for the site's pages. Default: none.
    :param access_logs: keep CloudFront's access logs in a bucket for 90 days.
    :param web_acl_arn: WAF web ACL (scope CLOUDFRONT, ``us-east-1``). Default: none.
    :param price_class: which edge locations serve it. Default: all.
    :param superseded_days: days after which hashed files of an earlier build expire, counted from
        the deployment that replaced them.
    :param removal_policy: ``RemovalPolicy.DESTROY`` for test stacks. Default: buckets stay.
    :raises ValueError: for each option that can't work, naming path, option, value and remedy.
    """

    @names_path
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        path_to_dist: str,
        hashed_paths: Sequence[str] = ("assets/*",),
        frontend_domain_name: str | None = None,
        zone_name: str | None = None,
        hosted_zone_id: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        certificate_arn: str | None = None,
        certificate: acm.ICertificate | None = None,
        load_balancer: elbv2.IApplicationLoadBalancer | None = None,
        load_balancer_access: LoadBalancerAccess = "vpc_origin",
        backend_paths: Sequence[str] = BACKEND_PATHS,
        assets_bucket: s3.IBucket | None = None,
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
    ) -> None:
        super().__init__(scope, id)
        removal = Removal(removal_policy)
        dist = Dist.read(path_to_dist, hashed_paths)
        if hashed_paths and not dist.hashed:
            Annotations.of(self).add_warning_v2(
                "django-cdk:noHashedFiles",
                f"No file in {path_to_dist} matches hashed_paths={list(hashed_paths)}, so browsers "
                "ask for every file on every load: name the directories that the build tool "
                "writes hashed names to, or pass hashed_paths=[] when there are none.",
            )
        refuse_without(
            "load_balancer",
            present=load_balancer,
            backend_paths=given(list(backend_paths), list(BACKEND_PATHS)),
            load_balancer_access=given(load_balancer_access, "vpc_origin"),
        )
        refuse_without(
            "assets_bucket",
            present=assets_bucket,
            media_access=given(media_access, "public"),
            media_public_key=media_public_key,
            media_key_group=media_key_group,
            static_cache_control=given(static_cache_control, STATIC_CACHE_CONTROL),
        )
        _check_load_balancer(load_balancer, frontend_domain_name)
        _check_web_acl(web_acl_arn)
        check_paths(
            "backend_paths",
            backend_paths,
            taken=(STATIC_PATH, MEDIA_PATH) if assets_bucket else (),
        )
        self.domain = Domain.optional(
            self,
            "Domain",
            option="frontend_domain_name",
            domain_name=frontend_domain_name,
            edge=True,
            zone_name=zone_name,
            hosted_zone_id=hosted_zone_id,
            hosted_zone=hosted_zone,
            certificate_arn=certificate_arn,
            certificate=certificate,
        )
        #: The bucket with the built site.
        self.bucket = SiteBucket(
            self, "Content", superseded_days=superseded_days, removal=removal
        ).bucket
        self.headers = SiteHeaders(
            self,
            "Headers",
            content_security_policy=content_security_policy,
            static_cache_control=static_cache_control,
        )
        #: The function that answers a route of the site with ``index.html``.
        self.router = cloudfront.Function(
            self,
            "Router",
            code=cloudfront.FunctionCode.from_file(file_path=str(_ROUTER)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            function_name=edge_name(self, "Router"),
            comment="Routes of the single-page application get index.html",
        )
        #: CloudFront's way to the load balancer; None without one.
        self.load_balancer_origin = (
            LoadBalancerOrigin(
                self,
                "LoadBalancerOrigin",
                load_balancer=load_balancer,
                domain_name=str(frontend_domain_name),
                access=load_balancer_access,
            )
            if load_balancer
            else None
        )
        #: Key group that signs for private media; None for public ones.
        self.media_key_group = trusted_keys(
            self, access=media_access, public_key=media_public_key, key_group=media_key_group
        )
        #: How CloudFront signs what it asks the private buckets for.
        self.origin_access = cloudfront.S3OriginAccessControl(
            self, "OriginAccess", origin_access_control_name=edge_name(self, "OriginAccess")
        )
        behaviors = self._behaviors(backend_paths, assets_bucket)
        dist.check_routes(behaviors)
        #: Bucket of the access logs; None without ``access_logs``.
        self.access_logs = (
            LogBucket(self, "AccessLogs", removal=removal, cloudfront=True).bucket
            if access_logs
            else None
        )
        #: The CloudFront distribution.
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=self.node.path[:128],
            default_behavior=bucket_behavior(
                bucket_origin(self.bucket, self.origin_access),
                self.headers.site,
                function=self.router,
            ),
            additional_behaviors=behaviors,
            domain_names=[self.domain.domain_name] if self.domain else None,
            certificate=self.domain.certificate if self.domain else None,
            # CloudFront's own certificate has a policy of its own that can't be changed.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021
            if self.domain
            else None,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            enable_ipv6=True,
            price_class=price_class,
            web_acl_id=web_acl_arn,
            enable_logging=True if self.access_logs else None,
            log_bucket=self.access_logs,
        )
        Annotations.of(self.distribution).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk",
            "No request lists a bucket: / is index.html, and /static and /media are prefixes.",
        )
        #: What uploads the build.
        self.content = SiteContent(
            self,
            "Files",
            dist=dist,
            hashed_paths=hashed_paths,
            bucket=self.bucket,
            distribution=self.distribution,
        )
        if self.domain:
            self.domain.add_alias(route53_targets.CloudFrontTarget(self.distribution), ipv6=True)
        self.address = Address.of(self.domain, self.distribution.distribution_domain_name)
        CfnOutput(self, "Url", value=self.url)
        CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "BucketName", value=self.bucket.bucket_name)

    @property
    def url(self) -> str:
        """Where the site is; CloudFront's own name has HTTPS too."""
        return f"https://{self.address.host}"

    def _behaviors(
        self, backend_paths: Sequence[str], assets_bucket: s3.IBucket | None
    ) -> dict[str, cloudfront.BehaviorOptions]:
        """Every path that is not the site's own, in the order CloudFront tries them."""
        behaviors: dict[str, cloudfront.BehaviorOptions] = {}
        if self.load_balancer_origin:
            behaviors |= backend_behaviors(
                backend_paths, self.load_balancer_origin.origin, self.headers
            )
        if assets_bucket:
            behaviors |= assets_behaviors(
                bucket_origin(assets_bucket, self.origin_access),
                self.headers,
                media_key_group=self.media_key_group,
            )
        return behaviors


def _check_load_balancer(
    load_balancer: elbv2.IApplicationLoadBalancer | None, domain_name: str | None
) -> None:
    if load_balancer is not None and domain_name is None:
        raise OptionError(
            "load_balancer",
            load_balancer.node.path,
            "CloudFront speaks HTTPS with it, for which it needs a certificate of the site's "
            "domain: give frontend_domain_name too.",
        )


def _check_web_acl(arn: str | None) -> None:
    if arn is None or Token.is_unresolved(arn):
        return
    if not _WEB_ACL_ARN.fullmatch(arn):
        raise OptionError(
            "web_acl_arn",
            arn,
            "give a web ACL of scope CLOUDFRONT, which lies in us-east-1: "
            "arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID.",
        )
