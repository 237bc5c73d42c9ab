"""The micro-blog: settings, URLs and the doors (`wsgi`, `celery_app`).

The celery application is imported here so that `@shared_task` finds it in every process.
"""

from backend.celery_app import app as celery_app

__all__ = ["celery_app"]
