"""Small Django projects, laid out and configured like public ones (read in their sources)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "test" / "django-step-by-step"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, each text without its indentation."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"))
    return folder


def manage_py(settings: str) -> str:
    return f"""
        import os
        from django.core.management import execute_from_command_line
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
        execute_from_command_line([])
        """


def sample(folder: Path) -> Path:
    """The sample application: its backend in a folder of its own."""
    ignore = shutil.ignore_patterns("node_modules", "dist", "__pycache__", ".github", "frontend")
    shutil.copytree(SAMPLE, folder, ignore=ignore, dirs_exist_ok=True)
    return folder


def bakerydemo(folder: Path) -> Path:
    """wagtail/bakerydemo: Dockerfile at the root with its settings, DJANGO_ names, uWSGI."""
    return write(
        folder,
        {
            "manage.py": manage_py("bakerydemo.settings.dev"),
            "requirements/base.txt": "Django>=5.2,<5.3\nwagtail\n",
            "requirements/production.txt": "-r base.txt\nuwsgi\nredis\ndjango-storages\n",
            "Dockerfile": """
                FROM python:3.12-slim
                ENV PYTHONUNBUFFERED=1 PORT=8000 \\
                    DJANGO_SETTINGS_MODULE=bakerydemo.settings.production
                WORKDIR /code/
                COPY . /code/
                RUN DATABASE_URL=postgres://none python manage.py collectstatic --noinput
                ENTRYPOINT ["/code/docker-entrypoint.sh"]
                EXPOSE 8000
                # Start uWSGI
                CMD ["uwsgi", "/code/etc/uwsgi.ini"]
                """,
            "docker-entrypoint.sh": """
                #!/bin/sh
                set -e
                until psql $DATABASE_URL -c '\\l'; do sleep 1; done
                exec "$@"
                """,
            "etc/uwsgi.ini": """
                [uwsgi]
                http-socket=:$(PORT)
                module=bakerydemo.wsgi
                """,
            "bakerydemo/__init__.py": "",
            "bakerydemo/settings/__init__.py": "",
            "bakerydemo/settings/base.py": """
                import os
                import dj_database_url
                ROOT_URLCONF = "bakerydemo.urls"
                WSGI_APPLICATION = "bakerydemo.wsgi.application"
                MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
                if "DATABASE_URL" in os.environ:
                    DATABASES = {"default": dj_database_url.config(conn_max_age=500)}
                else:
                    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
                STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
                """,
            "bakerydemo/settings/production.py": """
                import os
                from .base import *
                DEBUG = False
                SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
                ALLOWED_HOSTS = os.getenv("DJANGO_ALLOWED_HOSTS", "*").split(",")
                SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
                SECURE_SSL_REDIRECT = True
                WAGTAILADMIN_BASE_URL = os.getenv("PRIMARY_HOST", "example.com")
                REDIS_URL = os.environ.get("REDIS_URL")
                if REDIS_URL:
                    CACHES = {
                        "default": {
                            "BACKEND": "django_redis.cache.RedisCache",
                            "LOCATION": REDIS_URL + "/0",
                        }
                    }
                if "AWS_STORAGE_BUCKET_NAME" in os.environ:
                    AWS_STORAGE_BUCKET_NAME = os.getenv("AWS_STORAGE_BUCKET_NAME")
                    AWS_S3_REGION_NAME = os.environ["AWS_S3_REGION_NAME"]
                    AWS_S3_CUSTOM_DOMAIN = os.getenv("AWS_S3_CUSTOM_DOMAIN", "")
                    STORAGES["default"]["BACKEND"] = "storages.backends.s3.S3Storage"
                """,
            "bakerydemo/settings/dev.py": "from .base import *\nDEBUG = True\n",
            "bakerydemo/urls.py": """
                from django.urls import include, path
                from wagtail import urls as wagtail_urls
                urlpatterns = [path("admin/", include("wagtail.admin.urls"))]
                """,
        },
    )


def healthchecks(folder: Path) -> Path:
    """healthchecks/healthchecks: Dockerfile in a folder, one settings file, DB_ parts, no cache."""
    return write(
        folder,
        {
            "manage.py": manage_py("hc.settings"),
            "requirements.txt": "Django==5.2.1\npsycopg==3.2\nuwsgi==2.0\n",
            "docker/Dockerfile": """
                FROM python:3.13-slim AS builder
                RUN pip wheel -r requirements.txt
                FROM python:3.13-slim
                RUN useradd --system hc
                WORKDIR /opt/healthchecks
                COPY . /opt/healthchecks/
                RUN DEBUG=False SECRET_KEY=build-key ./manage.py collectstatic --noinput
                USER hc
                CMD [ "uwsgi", "/opt/healthchecks/docker/uwsgi.ini"]
                """,
            "docker/uwsgi.ini": """
                [uwsgi]
                die-on-term
                http-socket = :8000
                hook-pre-app = exec:./manage.py migrate
                """,
            "hc/__init__.py": "",
            "hc/settings.py": """
                import os
                def envbool(s, default):
                    v = os.getenv(s, default=default)
                    if v not in ("", "True", "False"):
                        raise Exception(v)
                    return v == "True"
                def envint(s, default):
                    v = os.getenv(s, default)
                    return None if v == "None" else int(v)
                SECRET_KEY = os.getenv("SECRET_KEY", "---")
                DEBUG = envbool("DEBUG", "True")
                ALLOWED_HOSTS = os.getenv("ALLOWED_HOSTS", "*").split(",")
                ROOT_URLCONF = "hc.urls"
                WSGI_APPLICATION = "hc.wsgi.application"
                MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
                if os.getenv("DB") == "postgres":
                    DATABASES = {
                        "default": {
                            "ENGINE": "django.db.backends.postgresql",
                            "HOST": os.getenv("DB_HOST", ""),
                            "PORT": os.getenv("DB_PORT", ""),
                            "NAME": os.getenv("DB_NAME", "hc"),
                            "USER": os.getenv("DB_USER", "postgres"),
                            "PASSWORD": os.getenv("DB_PASSWORD", ""),
                            "OPTIONS": {"sslmode": os.getenv("DB_SSLMODE", "prefer")},
                        }
                    }
                SITE_ROOT = os.getenv("SITE_ROOT", "http://localhost:8000")
                EMAIL_PORT = envint("EMAIL_PORT", "587")
                if v := os.getenv("SECURE_PROXY_SSL_HEADER"):
                    SECURE_PROXY_SSL_HEADER = tuple(v.split(","))
                """,
            "hc/urls.py": """
                from django.urls import include, path
                urlpatterns = [path("", include("hc.api.urls"))]
                """,
            "hc/api/__init__.py": "",
            "hc/api/urls.py": """
                from django.urls import include, path
                api_urls = [path("checks/", views.checks), path("status/", views.status)]
                urlpatterns = [
                    path("ping/<uuid:code>", views.ping),
                    path("api/v3/", include(api_urls)),
                ]
                """,
        },
    )


def cookiecutter(folder: Path) -> Path:
    """cookiecutter-django: Dockerfiles per service, scripts for every process, django-environ."""
    production = "compose/production"
    return write(
        folder,
        {
            "manage.py": manage_py("config.settings.local"),
            "requirements/base.txt": "django==5.2.8\ncelery==5.7\nredis==6\n",
            "requirements/production.txt": "gunicorn==23\ndjango-storages[s3]==1.14\n",
            "compose/local/django/Dockerfile": "FROM python:3.13\nCMD python manage.py runserver\n",
            f"{production}/nginx/Dockerfile": "FROM nginx\n",
            f"{production}/postgres/Dockerfile": "FROM postgres\n",
            f"{production}/django/Dockerfile": """
                FROM docker.io/python:3.13-slim AS python
                FROM python AS python-build-stage
                RUN pip wheel -r production.txt
                FROM python AS python-run-stage
                ARG APP_HOME=/app
                WORKDIR ${APP_HOME}
                COPY --from=python-build-stage /usr/src/app/wheels /wheels/
                COPY --chown=django:django ./compose/production/django/entrypoint /entrypoint
                COPY --chown=django:django ./compose/production/django/start /start
                COPY --chown=django:django \\
                    ./compose/production/django/celery/worker/start /start-celeryworker
                COPY --chown=django:django \\
                    ./compose/production/django/celery/beat/start /start-celerybeat
                COPY --chown=django:django . ${APP_HOME}
                USER django
                ENTRYPOINT ["/entrypoint"]
                """,
            f"{production}/django/entrypoint": """
                #!/bin/bash
                set -o nounset
                SERVER="${POSTGRES_HOST}:${POSTGRES_PORT}/${POSTGRES_DB}"
                export DATABASE_URL="postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${SERVER}"
                exec "$@"
                """,
            f"{production}/django/start": """
                #!/bin/bash
                python /app/manage.py collectstatic --noinput
                exec /usr/local/bin/gunicorn config.wsgi --bind 0.0.0.0:5000 --chdir=/app
                """,
            f"{production}/django/celery/worker/start": """
                #!/bin/bash
                exec celery -A config.celery_app worker -l INFO
                """,
            f"{production}/django/celery/beat/start": """
                #!/bin/bash
                exec celery -A config.celery_app beat -l INFO
                """,
            "config/__init__.py": "from .celery_app import app as celery_app\n",
            "config/celery_app.py": """
                import os
                from celery import Celery
                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
                app = Celery("shop")
                app.config_from_object("django.conf:settings", namespace="CELERY")
                """,
            "config/wsgi.py": """
                import os
                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
                """,
            "config/urls.py": """
                from django.conf import settings
                from django.urls import include, path
                urlpatterns = [path("about/", views.about), path(settings.ADMIN_URL, admin.urls)]
                """,
            "config/settings/__init__.py": "",
            "config/settings/base.py": """
                import environ
                env = environ.Env()
                DEBUG = env.bool("DJANGO_DEBUG", False)
                DATABASES = {"default": env.db("DATABASE_URL")}
                ROOT_URLCONF = "config.urls"
                WSGI_APPLICATION = "config.wsgi.application"
                INSTALLED_APPS = ["django.contrib.auth", "django_celery_beat"]
                MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
                REDIS_URL = env("REDIS_URL", default="redis://redis:6379/0")
                CELERY_BROKER_URL = REDIS_URL
                """,
            "config/settings/local.py": """
                from .base import *
                DEBUG = True
                SECRET_KEY = "local"
                """,
            "config/settings/production.py": """
                from .base import *
                from .base import DATABASES, env
                SECRET_KEY = env("DJANGO_SECRET_KEY")
                ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["example.com"])
                CACHES = {
                    "default": {
                        "BACKEND": "django_redis.cache.RedisCache",
                        "LOCATION": env("REDIS_URL"),
                    }
                }
                SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
                SECURE_SSL_REDIRECT = env.bool("DJANGO_SECURE_SSL_REDIRECT", default=True)
                AWS_ACCESS_KEY_ID = env("DJANGO_AWS_ACCESS_KEY_ID")
                AWS_SECRET_ACCESS_KEY = env("DJANGO_AWS_SECRET_ACCESS_KEY")
                AWS_STORAGE_BUCKET_NAME = env("DJANGO_AWS_STORAGE_BUCKET_NAME")
                AWS_S3_REGION_NAME = env("DJANGO_AWS_S3_REGION_NAME", default=None)
                AWS_S3_CUSTOM_DOMAIN = env("DJANGO_AWS_S3_CUSTOM_DOMAIN", default=None)
                STORAGES = {
                    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {}},
                    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
                }
                ADMIN_URL = env("DJANGO_ADMIN_URL")
                ANYMAIL = {
                    "MAILGUN_API_KEY": env("MAILGUN_API_KEY"),
                    "MAILGUN_SENDER_DOMAIN": env("MAILGUN_DOMAIN"),
                }
                """,
        },
    )


def minimal(folder: Path) -> Path:
    """As `django-admin startproject` and a first Dockerfile leave it, with the contract's names."""
    return write(
        folder,
        {
            "manage.py": manage_py("shop.settings"),
            "requirements.txt": "Django>=5.2\ngunicorn\npsycopg\nboto3\ndjango-storages\n",
            ".dockerignore": ".git\n.env*\n",
            "Dockerfile": """
                FROM python:3.13-slim
                WORKDIR /app
                COPY . .
                USER 10001
                CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]
                """,
            "shop/__init__.py": "",
            "shop/settings.py": """
                import os
                SECRET_KEY = os.environ["SECRET_KEY"]
                DEBUG = os.environ.get("DEBUG") == "1"
                ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split(",")
                ROOT_URLCONF = "shop.urls"
                MIDDLEWARE = ["shop.health.Liveness"]
                SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
                DATABASES = {
                    "default": {
                        "ENGINE": "django.db.backends.postgresql",
                        "HOST": os.environ["POSTGRES_SERVICE_HOST"],
                        "PASSWORD": os.environ["POSTGRES_PASSWORD"],
                    }
                }
                STORAGES = {
                    "default": {
                        "BACKEND": "storages.backends.s3.S3Storage",
                        "OPTIONS": {
                            "bucket_name": os.environ["AWS_STORAGE_BUCKET_NAME"],
                            "default_acl": None,
                        },
                    },
                }
                """,
            "shop/health.py": 'PATH = "/api/health-check/"\nclass Liveness: ...\n',
            "shop/urls.py": """
                from django.urls import path
                urlpatterns = [path("admin/", admin.site.urls)]
                """,
        },
    )


SHAPES = {
    "sample": sample,
    "bakerydemo": bakerydemo,
    "healthchecks": healthchecks,
    "cookiecutter": cookiecutter,
    "minimal": minimal,
}
