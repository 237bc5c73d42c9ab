"""The sample's front end and back end behind one domain.

With nothing set in the environment it synthesizes for an example domain in eu-west-1; to deploy,
FRONTEND_DOMAIN_NAME and ZONE_NAME must be set.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import DjangoVue
from integ._dist import content_security_policy, path_to_dist
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(
    app,
    "DjangoVue",
    env=settings.environment or cdk.Environment(account="111111111111", region="eu-west-1"),
)

DjangoVue(
    stack,
    "MicroBlog",
    domain_name=settings.frontend_domain_name or "blog.example.com",
    zone_name=settings.zone_name or "example.com",
    hosted_zone_id=None if settings.zone_name else "Z00000000EXAMPLE",
    certificate_arn=settings.certificate_arn,
    path_to_dist=path_to_dist(),
    image_directory="test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
    celery_app="backend.celery_app:app",
    use_celery_beat=True,
    content_security_policy=content_security_policy(stack.region),
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
