"""The sample application as a DockerEc2, in versions of its own making."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

import aws_cdk.aws_secretsmanager as secretsmanager

from django_cdk import DockerEc2, HealthCheck, Worker
from tests.stacks import ENVIRONMENT, Template, new_stack

SAMPLE = Path(__file__).parents[2] / "test/django-step-by-step"
DOMAIN = "blog.example.com"

_ALIVE_FILE = "/tmp/alive"  # noqa: S108 - in the container
#: Worker and beat touch the file every five seconds.
ALIVE = HealthCheck(
    command=["sh", "-c", f'test -n "$(find {_ALIVE_FILE} -mmin -0.3)"'], interval=5, retries=2
)

_VERSION = """\

from django.http import JsonResponse
urlpatterns.insert(0, path("api/version/", lambda request: JsonResponse({{"version": "{0}"}})))
"""
_BROKEN = """\
from django.db import migrations

def refuse(apps, schema_editor):
    raise RuntimeError("there are two authors of that name")

class Migration(migrations.Migration):
    dependencies = [("posts", "{0}")]
    operations = [migrations.RunPython(refuse)]
"""


def backend(folder: Path, version: str) -> Path:
    """The sample's backend; what `/api/version/` answers is the only difference."""
    ignored = shutil.ignore_patterns("__pycache__", ".ruff_cache", ".pytest_cache", "db.sqlite3")
    copy = shutil.copytree(SAMPLE / "backend", folder / version, ignore=ignored)
    with (copy / "backend/urls.py").open("a") as urls:
        urls.write(_VERSION.format(version))
    return copy


def add_failing_migration(copy: Path) -> None:
    """A migration that raises."""
    migrations = copy / "posts/migrations"
    last = max(path.stem for path in migrations.glob("[0-9]*.py"))
    (migrations / "9999_broken.py").write_text(_BROKEN.format(last))


def stop_answering(copy: Path) -> None:
    """A web process that does not start, although every command of manage.py runs."""
    with (copy / "backend/wsgi.py").open("a") as wsgi:
        wsgi.write("\nimport nowhere\n")


def synthesized(
    image_directory: Path, *, certificate: str, environment: Mapping[str, str]
) -> Template:
    """The stack.

    :param certificate: ARN of the secret with the certificate.
    :param environment: what leads boto3 to the account on this machine, and nothing else: on AWS
        it knows the way by itself.
    """
    stack = new_stack("Blog", env=ENVIRONMENT)
    arm = platform.machine() in ("aarch64", "arm64")
    DockerEc2(
        stack,
        "Blog",
        image_directory=str(image_directory),
        frontend_image_directory=str(SAMPLE / "frontend"),
        cpu_architecture="ARM64" if arm else "X86_64",
        web_command=["./scripts/start_prod.sh"],
        django_settings_module="backend.settings.aws",
        celery_app="backend.celery_app:app",
        celery_queues={"celery": Worker(health_check=ALIVE, stop_timeout=5)},
        use_celery_beat=True,
        beat_health_check=ALIVE,
        domain_name=DOMAIN,
        zone_name="example.com",
        hosted_zone_id="Z0123456789",
        certificate_secret=secretsmanager.Secret.from_secret_complete_arn(
            stack, "Certificate", certificate
        ),
        environment_variables={**environment, "ALIVE_FILE": _ALIVE_FILE},
    )
    return Template.of_stack(stack)
