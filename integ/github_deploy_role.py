"""A role with which GitHub Actions deploy the sample application.

With nothing set in the environment it trusts a repository that doesn't exist; to deploy, REPOSITORY
must be set.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import GitHubDeployRole
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "GitHubDeployRole", env=settings.environment)

GitHubDeployRole(
    stack,
    "Deploy",
    repository=settings.repository or "example/django-cdk",
    environments=["production"],
    # Certificates for CloudFront are made in us-east-1.
    regions=sorted({stack.region, "us-east-1"}),
)

app.synth()
