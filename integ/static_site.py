"""The sample's front end alone, on S3 and CloudFront.

With nothing set in the environment: one stack without a domain, for any account and region.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import StaticSite
from integ._dist import path_to_dist
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "StaticSite", env=settings.environment)

StaticSite(
    stack,
    "Site",
    path_to_dist=path_to_dist(),
    frontend_domain_name=settings.frontend_domain_name,
    zone_name=settings.zone_name,
    certificate_arn=settings.certificate_arn,
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
