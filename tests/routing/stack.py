"""The stacks whose routing is run: the sample behind one domain, as integ/django_vue.py has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk

from django_cdk import DjangoVue
from integ._dist import content_security_policy
from tests.routing.local.naming import ACCOUNT, REGION
from tests.stacks import Template, new_stack

ZONE = "example.com"
DOMAIN = f"blog.{ZONE}"
ORIGIN = f"https://{DOMAIN}"


def blog(dist: Path, **options: Any) -> Template:
    """The template of a DjangoVue with this built front end and these further options."""
    stack = new_stack("Blog", env=cdk.Environment(account=ACCOUNT, region=REGION))
    behind_one_domain(stack, dist=dist, hosted_zone_id="Z00000000EXAMPLE", **options)
    return Template.of_stack(stack)


def behind_one_domain(stack: cdk.Stack, *, dist: Path, **options: Any) -> DjangoVue:
    """The sample in a stack that knows its region, with these further options."""
    return DjangoVue(
        stack,
        "MicroBlog",
        domain_name=DOMAIN,
        zone_name=ZONE,
        path_to_dist=str(dist),
        image_directory="test/django-step-by-step/backend",
        web_command=["./scripts/start_prod.sh"],
        django_settings_module="backend.settings.aws",
        celery_app="backend.celery_app:app",
        content_security_policy=content_security_policy(stack.region),
        removal_policy=cdk.RemovalPolicy.DESTROY,
        **options,
    )
