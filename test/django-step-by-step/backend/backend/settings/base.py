"""What every deployment shares. Not a settings module to run with: see the package."""

from __future__ import annotations

import tempfile
from pathlib import Path

from celery.schedules import crontab

from backend.settings import env, hosts, redis

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "strawberry_django",
    "accounts",
    "posts",
]

MIDDLEWARE = [
    # First: a load balancer's probe must not meet host checks or redirects.
    "backend.health.LivenessMiddleware",
    "allow_cidr.middleware.AllowCIDRMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ALLOWED_HOSTS = hosts.allowed_hosts()
ALLOWED_CIDR_NETS = env.names("ALLOWED_CIDR_NETS")
CSRF_TRUSTED_ORIGINS = hosts.trusted_origins()
CSRF_FAILURE_VIEW = "backend.errors.csrf_failure"
# For a front end on another host of the same site; behind one domain nothing is cross-origin.
CORS_ALLOWED_ORIGINS = [hosts.frontend_origin()] if hosts.frontend_origin() else []
CORS_ALLOW_CREDENTIALS = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis = redis.from_environment()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis.cache,
        "KEY_PREFIX": "blog-cache",
        # A cache that hangs must cost seconds, not the request.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    if _redis.cache
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

CELERY_BROKER_URL = _redis.broker
# Without a broker a task runs at once, in the request that asks for it.
CELERY_TASK_ALWAYS_EAGER = not _redis.broker
CELERY_RESULT_BACKEND = _redis.results or None
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_TIME_LIMIT = 300
# A worker that dies keeps its task in the queue; every task here may run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away costs a post about two seconds, and the sweep below makes up for it.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2, "interval_max": 0.5}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    # Seconds after which a task of a worker that died is another's; celery's own default is an
    # hour. More than the time limit, or a slow task would run twice at once.
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
}
# Worker and beat touch it while they are at work: backend/alive.py.
ALIVE_FILE = env.text("ALIVE_FILE")
# Beat looks at its clock this often, and leaves word that it did.
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULER = "backend.alive:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "daily-statistic": {"task": "posts.tasks.count_the_day", "schedule": crontab()},
    "missing-thumbnails": {
        "task": "posts.tasks.make_missing_thumbnails",
        "schedule": crontab(minute="*/5"),
    },
}

EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.text("EMAIL_PORT", "25"))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_HTTPONLY = True
# The front end reads the token from the cookie and sends it back as X-CSRFToken.
CSRF_COOKIE_HTTPONLY = False

STATIC_URL = "/static/"
# The one place that a read-only container may write to; only used without a bucket.
STATIC_ROOT = Path(tempfile.gettempdir()) / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 10,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Micro-blog",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Served with the other static files, not by a foreign CDN.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    # Django's own handlers are silent in production and write to stderr.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
