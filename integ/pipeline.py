"""A pipeline that deploys the sample application to staging and production.

With nothing set in the environment it synthesizes for a connection and a repository that don't
exist; to deploy, CONNECTION_ARN and REPOSITORY must be set, and the repository must hold this one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import aws_cdk.aws_sns as sns

from django_cdk import DjangoEcs, DjangoPipeline
from integ.settings import Settings

if TYPE_CHECKING:
    from constructs import Construct

BACKEND = "test/django-step-by-step/backend"


class MicroBlog(cdk.Stage):
    """One environment of the sample application."""

    def __init__(self, scope: Construct, id: str, **props: Any) -> None:
        super().__init__(scope, id, **props)
        DjangoEcs(
            cdk.Stack(self, "DjangoEcs"),
            "MicroBlog",
            image_directory=BACKEND,
            web_command=["./scripts/start_prod.sh"],
            django_settings_module="backend.settings.aws",
            celery_app="backend.celery_app:app",
            use_celery_beat=True,
            # An integ stack leaves nothing behind. Leave this line out of anything you care about.
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "Pipeline", env=settings.environment)

DjangoPipeline(
    stack,
    "Pipeline",
    connection_arn=settings.connection_arn
    or "arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-example",
    # GitHub's ids are for the role of GitHub Actions alone.
    repository=re.sub(r"@\d+", "", settings.repository or "example/django-cdk"),
    branch="main",
    synth_commands=[
        "npm install --global aws-cdk@2",
        "python -m pip install --editable .",
        "cdk synth --quiet --app 'python -m integ.pipeline'",
    ],
    # The pipeline's own stack has to be the same when it synthesizes itself.
    synth_environment=settings.variables(),
    project_directory=BACKEND,
    test_commands=[
        "python -m pip install --requirement requirements-dev.txt",
        "python -m pytest -q",
    ],
    staging=MicroBlog(stack, "Staging", env=settings.environment),
    production=MicroBlog(stack, "Production", env=settings.environment),
    notification_topic=sns.Topic(stack, "Notifications", enforce_ssl=True),
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
