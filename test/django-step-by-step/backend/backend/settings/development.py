"""A laptop: DEBUG, SQLite and files on disk unless the environment says otherwise."""

from __future__ import annotations

from backend.settings import database, env, files
from backend.settings.base import *  # noqa: F403
from backend.settings.base import BASE_DIR, CSRF_TRUSTED_ORIGINS, REST_FRAMEWORK

DEBUG = env.flag("DEBUG", True)
SECRET_KEY = env.text("SECRET_KEY", "only-for-development-and-known-to-everybody")

DATABASES = {
    "default": database.from_environment()
    or {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
}

if files.bucket_name():
    STORAGES = files.bucket_storages()
else:
    STORAGES = files.disk_storages("django.contrib.staticfiles.storage.StaticFilesStorage")

REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_RENDERER_CLASSES": [
        *REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"],
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
}

# Vite's development server, which passes /api on to this one.
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, "http://localhost:5173", "http://127.0.0.1:5173"]
