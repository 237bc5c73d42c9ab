"""The sample application on one EC2 instance with docker swarm.

With nothing set in the environment: plain HTTP on the instance's address, any account and region.
`FRONTEND_IMAGE_DIRECTORY=test/django-step-by-step/frontend` runs the sample's front end beside it.
"""

from __future__ import annotations

import aws_cdk as cdk

from django_cdk import DockerEc2, HealthCheck, Worker
from integ.settings import Settings

settings = Settings.from_environment()
app = cdk.App()
stack = cdk.Stack(app, "DockerEc2", env=settings.environment)

# The sample's worker and beat touch this file; one that hangs does not, and is replaced.
alive = HealthCheck(command=["sh", "-c", 'test -n "$(find /tmp/alive -mmin -1)"'])

DockerEc2(
    stack,
    "MicroBlog",
    image_directory="test/django-step-by-step/backend",
    # Graviton: the same for about a fifth less.
    cpu_architecture="ARM64",
    web_command=["./scripts/start_prod.sh"],
    django_settings_module="backend.settings.aws",
    celery_app="backend.celery_app:app",
    celery_queues={"celery": Worker(health_check=alive)},
    use_celery_beat=True,
    beat_health_check=alive,
    environment_variables={"ALIVE_FILE": "/tmp/alive"},  # noqa: S108 - in the container
    domain_name=settings.api_domain_name,
    zone_name=settings.zone_name,
    frontend_url=settings.frontend_url,
    frontend_image_directory=settings.frontend_image_directory,
    # An integ stack leaves nothing behind. Leave this line out of anything you care about.
    removal_policy=cdk.RemovalPolicy.DESTROY,
)

app.synth()
