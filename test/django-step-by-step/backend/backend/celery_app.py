"""The celery application: `celery -A backend.celery_app:app worker|beat`.

Like `backend.wsgi` it takes the settings module from DJANGO_SETTINGS_MODULE and falls back to
development, as `manage.py` does; the image sets production.
"""

from __future__ import annotations

import os

from celery import Celery

from backend.alive import WorkerAlive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings.development")

app = Celery("backend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerAlive)
