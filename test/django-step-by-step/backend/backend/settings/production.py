"""Any server behind a proxy that sets X-Forwarded-Proto: compose, swarm, Kubernetes, Heroku.

With a bucket named, static files and uploads live there. Without one WhiteNoise serves the static
files out of the installed packages and uploads stay in `media/`, which then must be a volume.
"""

from __future__ import annotations

from backend.settings import database, env, files, hosts
from backend.settings.base import *  # noqa: F403
from backend.settings.base import MIDDLEWARE

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.required("SECRET_KEY")
DATABASES = {"default": database.required()}

if files.bucket_name():
    STORAGES = files.bucket_storages()
else:
    STORAGES = files.disk_storages("django.contrib.staticfiles.storage.StaticFilesStorage")
    MIDDLEWARE = [*MIDDLEWARE[:3], "whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE[3:]]
    # Nothing to collect first, so no writable directory is shared between the processes.
    WHITENOISE_USE_FINDERS = True

# The container is only reachable through the proxy, which overwrites the header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
_https = hosts.served_over_https()
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
# Probes come as plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^api/health-check/"]
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if _https else 0
