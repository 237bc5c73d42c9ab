"""healthchecks/healthchecks, unmodified: a Dockerfile in a folder, its own migrations, no cache.

Read in its sources (2026):

- `docker/Dockerfile`, built with the repository's root as context (`COPY . /opt/healthchecks/`).
  `USER hc`, CMD `uwsgi /opt/healthchecks/docker/uwsgi.ini`, static files built into the image.
- `docker/uwsgi.ini`: `http-socket = :8000`, `die-on-term`, `hook-pre-app = exec:./manage.py
  migrate`, and `sendalerts` and `sendreports` as daemons of the web process.
- `hc/settings.py`: `DB=postgres`, `DB_HOST/PORT/NAME/USER/PASSWORD`, `DB_SSLMODE` (`prefer`
  without it); `SECRET_KEY`; `ALLOWED_HOSTS` by commas; `SITE_ROOT` with scheme. Booleans are
  `True` or `False` and anything else ("0" too) stops it; DEBUG is on without the variable.
- `SECURE_PROXY_SSL_HEADER` as `header,value`: without it Django takes requests for plain HTTP and
  refuses every form that a browser sends from an https page (the Origin check of CSRF).
- `manage.py` and `hc/wsgi.py` name the settings module themselves.
- ECS runs a container's health check from the task definition only, never the HEALTHCHECK of the
  image; here the load balancer's probe decides.

`/api/v3/status/` asks the database and answers 200, behind CommonMiddleware, which answers 400 to
a Host outside ALLOWED_HOSTS: an unmodified project gives the probe 400.
"""

from __future__ import annotations

import pytest

from tests.acceptance.projects import Readable, deploy, project


@pytest.fixture(scope="module")
def healthchecks(tmp_path_factory: pytest.TempPathFactory) -> Readable:
    folder = tmp_path_factory.mktemp("healthchecks")
    return deploy(
        "checks.example.com",
        image_directory=project(folder, dockerfile="docker/Dockerfile"),
        dockerfile="docker/Dockerfile",
        cache=None,
        environment={
            "DB": "postgres",
            "DB_HOST": "{database.host}",
            "DB_PORT": "{database.port}",
            "DB_NAME": "{database.name}",
            "DB_USER": "{database.username}",
            "DB_PASSWORD": "{database.password}",
            "DB_SSLMODE": "require",
            "SECRET_KEY": "{secret_key}",
            "ALLOWED_HOSTS": "{host}",
            "SITE_ROOT": "{origin}",
            "SECURE_PROXY_SSL_HEADER": "HTTP_X_FORWARDED_PROTO,https",
        },
        environment_variables={"DEBUG": "False"},
        release_commands={},
        health_check_path="/api/v3/status/",
        health_check_codes="200,400",
        read_only_root_filesystem=True,
    )


def test_the_plain_environment_is_exactly_what_its_settings_read(healthchecks: Readable) -> None:
    assert healthchecks.environment() == {
        "DB": "postgres",
        "DB_HOST": "<database host>",
        "DB_PORT": "5432",
        "DB_NAME": "django",
        "DB_USER": "django",
        "DB_SSLMODE": "require",
        "ALLOWED_HOSTS": "checks.example.com",
        "SITE_ROOT": "https://checks.example.com",
        "SECURE_PROXY_SSL_HEADER": "HTTP_X_FORWARDED_PROTO,https",
        "DEBUG": "False",
    }


def test_its_secrets_are_the_password_and_the_key(healthchecks: Readable) -> None:
    assert healthchecks.secrets() == {
        "DB_PASSWORD": "<database secret>:password",
        "SECRET_KEY": "<secret key>",
    }


def test_nothing_is_composed_when_no_template_joins_a_secret_with_text(
    healthchecks: Readable,
) -> None:
    assert healthchecks.construct.environment.derived_secret is None


def test_the_image_is_built_from_the_root_with_the_dockerfile_in_its_folder(
    healthchecks: Readable,
) -> None:
    build = healthchecks.build

    assert build["dockerFile"] == "docker/Dockerfile"
    assert (build["directory"] / "docker" / "Dockerfile").is_file()


def test_the_image_runs_its_own_command_as_its_own_user_on_port_8000(
    healthchecks: Readable,
) -> None:
    web = healthchecks.container("web")

    assert "Command" not in web
    assert "User" not in web
    assert [one["ContainerPort"] for one in web["PortMappings"]] == [8000]


def test_it_has_30_seconds_to_stop(healthchecks: Readable) -> None:
    assert healthchecks.container("web")["StopTimeout"] == 30


def test_only_tmp_can_be_written(healthchecks: Readable) -> None:
    assert healthchecks.writable("web") == ["/tmp"]  # noqa: S108 - a path in the container


def test_its_status_page_may_refuse_the_host_of_the_probe(healthchecks: Readable) -> None:
    assert healthchecks.health_check == ("/api/v3/status/", "200,400")


def test_no_release_command_runs_and_no_lambda_is_made_for_one(healthchecks: Readable) -> None:
    assert healthchecks.release_commands == {}
    assert healthchecks.construct.release is None
    assert healthchecks.services == {"web"}


def test_no_cache_is_made(healthchecks: Readable) -> None:
    assert "AWS::ElastiCache::ReplicationGroup" not in healthchecks.template.types
