"""A Django project with a Dockerfile on ECS Fargate, for any account and region."""

import aws_cdk as cdk

from django_cdk import DjangoEcs

app = cdk.App()
stack = cdk.Stack(app, "Blog")
DjangoEcs(
    stack,
    "Blog",
    image_directory="../../test/django-step-by-step/backend",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
)
app.synth()
