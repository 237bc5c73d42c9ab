"""The sample application on EKS.

With nothing set in the environment: one stack without a domain, for any account and region.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import DjangoEks, Scaling, ScheduledCommand, Worker
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "DjangoEks", env=settings.environment)

DjangoEks(
    stack,
    "MicroBlog",
    image_directory="test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
    celery_app="backend.celery_app:app",
    celery_queues={"celery": Worker(scaling=Scaling(max_count=3))},
    use_celery_beat=True,
    scheduled_commands={
        "clearsessions": ScheduledCommand(
            schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
        )
    },
    domain_name=settings.api_domain_name,
    zone_name=settings.zone_name,
    certificate_arn=settings.certificate_arn,
    frontend_url=settings.frontend_url,
    # An integ stack leaves nothing behind. Leave this line out of anything you care about.
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
