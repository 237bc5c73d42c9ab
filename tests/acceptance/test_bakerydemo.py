"""wagtail/bakerydemo, unmodified: uWSGI, one web process, pages in Postgres, cache in Valkey.

Read in its sources (2026):

- `Dockerfile` at the root. CMD `uwsgi /code/etc/uwsgi.ini`, which listens on `$PORT`; the image
  sets `PORT=8000`, `DJANGO_SETTINGS_MODULE=bakerydemo.settings.production` and `/venv/bin` on PATH.
  It runs collectstatic while it is built (whitenoise serves the files).
- `docker-entrypoint.sh` waits with `psql $DATABASE_URL`, then runs the command. It migrates only
  for the command `/venv/bin/uwsgi`, which CMD no longer is: `migrate` is a release command.
- `settings/base.py`: `DATABASE_URL` must start with `postgres://`.
- `settings/production.py`: `DJANGO_SECRET_KEY`; `DJANGO_ALLOWED_HOSTS` by commas, `*` without it;
  `PRIMARY_HOST` without scheme; `REDIS_URL` + `"/0"` and + `"/1"`, so it must end after the port;
  `AWS_STORAGE_BUCKET_NAME`, `AWS_S3_REGION_NAME`, `AWS_S3_CUSTOM_DOMAIN`; DEBUG is False and
  SECURE_SSL_REDIRECT True whatever the environment says.
- Media URLs are unsigned, so a CDN must serve them. Every upload sets the ACL `private`, which the
  library's bucket refuses (AccessControlListNotSupported, as any new bucket does): the team brings
  a bucket with ACLs and lets the tasks set them.
- uWSGI reloads on SIGTERM unless told `die-on-term`; every uWSGI option is also read from the
  environment as `UWSGI_<NAME>`.

To a probe by IP address SecurityMiddleware wants to answer 301, asks for the host to redirect to,
and answers 400 when ALLOWED_HOSTS refuses it. 301 would be the answer if the host were allowed.
"""

from __future__ import annotations

import aws_cdk.aws_s3 as s3
import pytest

from tests.acceptance.projects import Readable, project
from tests.stacks import DOMAIN, Synthesized, Template, django_ecs, new_stack

MIGRATE = ["python", "manage.py", "migrate", "--noinput"]


@pytest.fixture(scope="module")
def bakerydemo(tmp_path_factory: pytest.TempPathFactory) -> Readable:
    stack = new_stack()
    uploads = s3.Bucket(
        stack, "Uploads", object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED
    )
    bakery = django_ecs(
        stack,
        **{**DOMAIN, "api_domain_name": "bakery.example.com"},
        image_directory=project(tmp_path_factory.mktemp("bakerydemo")),
        bucket=uploads,
        cdn_domain="media.bakery.example.com",
        environment={
            "DATABASE_URL": "{database.url}",
            "DJANGO_SECRET_KEY": "{secret_key}",
            "DJANGO_ALLOWED_HOSTS": "{host}",
            "PRIMARY_HOST": "{host}",
            "REDIS_URL": "rediss://:{cache.password}@{cache.host}:{cache.port}",
            "AWS_STORAGE_BUCKET_NAME": "{bucket}",
            "AWS_S3_REGION_NAME": "{region}",
            "AWS_S3_CUSTOM_DOMAIN": "{cdn_domain}",
        },
        environment_variables={"UWSGI_DIE_ON_TERM": "1"},
        release_commands={"migrate": MIGRATE},
        health_check_path="/",
        health_check_codes="301,400",
        read_only_root_filesystem=True,
    )
    uploads.grant_put_acl(bakery)
    return Readable(Synthesized(construct=bakery, template=Template.of_stack(stack)))


def test_the_plain_environment_is_exactly_what_its_settings_read(bakerydemo: Readable) -> None:
    assert bakerydemo.environment() == {
        "DJANGO_ALLOWED_HOSTS": "bakery.example.com",
        "PRIMARY_HOST": "bakery.example.com",
        "AWS_STORAGE_BUCKET_NAME": "<bucket>",
        "AWS_S3_REGION_NAME": "<region>",
        "AWS_S3_CUSTOM_DOMAIN": "media.bakery.example.com",
        "UWSGI_DIE_ON_TERM": "1",
    }


def test_its_secrets_are_the_key_and_the_two_urls(bakerydemo: Readable) -> None:
    assert bakerydemo.secrets() == {
        "DJANGO_SECRET_KEY": "<secret key>",
        "DATABASE_URL": "<derived>:DATABASE_URL",
        "REDIS_URL": "<derived>:REDIS_URL",
    }


def test_the_redis_url_ends_after_the_port(bakerydemo: Readable) -> None:
    assert bakerydemo.derived == {
        "DATABASE_URL": (
            "postgres://django:<database secret>:password@<database host>:5432/django"
            "?sslmode=require"
        ),
        "REDIS_URL": "rediss://:<cache token>@<cache host>:6379",
    }


def test_the_image_runs_its_own_command_as_its_own_user(bakerydemo: Readable) -> None:
    web = bakerydemo.container("web")

    assert "Command" not in web
    assert "EntryPoint" not in web
    assert "User" not in web


def test_the_web_process_listens_on_8000_and_is_the_only_one(bakerydemo: Readable) -> None:
    ports = [one["ContainerPort"] for one in bakerydemo.container("web")["PortMappings"]]

    assert ports == [8000]
    assert bakerydemo.services == {"web"}


def test_an_init_process_hands_uwsgi_the_signal_30_seconds_before_the_end(
    bakerydemo: Readable,
) -> None:
    web = bakerydemo.container("web")

    assert web["LinuxParameters"]["InitProcessEnabled"] is True
    assert web["StopTimeout"] == 30


def test_only_tmp_can_be_written(bakerydemo: Readable) -> None:
    assert bakerydemo.writable("web") == ["/tmp"]  # noqa: S108 - a path in the container


def test_both_answers_that_it_gives_to_a_probe_are_healthy(bakerydemo: Readable) -> None:
    assert bakerydemo.health_check == ("/", "301,400")


def test_migrate_alone_runs_before_new_code_serves(bakerydemo: Readable) -> None:
    assert bakerydemo.release_commands == {"migrate": MIGRATE}
    assert bakerydemo.environment("release") == bakerydemo.environment("web")
    assert bakerydemo.secrets("release") == bakerydemo.secrets("web")


def test_its_uploads_may_set_their_acl(bakerydemo: Readable) -> None:
    template, construct = bakerydemo.template, bakerydemo.construct
    (ownership,) = template.of(construct.static_file_bucket)["OwnershipControls"]["Rules"]
    allowed = [one["Action"] for one in template.statements(template.of(construct.tasks.task_role))]

    assert ownership == {"ObjectOwnership": "BucketOwnerPreferred"}
    assert any("s3:PutObjectAcl" in actions for actions in allowed)
