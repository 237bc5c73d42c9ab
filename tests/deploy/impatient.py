"""The sample with what it does by the clock done within seconds, so that a test can wait for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.deploy.microblog import changed_backend, microblog

if TYPE_CHECKING:
    import aws_cdk as cdk

    from django_cdk import DjangoEcs

#: Seconds between two counts of the day, and between two sweeps for missing thumbnails.
PERIOD = 5
#: Seconds after which a task that nobody acknowledged is given to another worker.
VISIBILITY_TIMEOUT = 5
_SETTINGS = f"""
import time
from datetime import timedelta

from celery.signals import task_prerun

from backend.settings.aws import *
from backend.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_BEAT_SCHEDULE = {{
    "daily-statistic": {{
        "task": "posts.tasks.count_the_day",
        "schedule": timedelta(seconds={PERIOD}),
    }},
    "missing-thumbnails": {{
        "task": "posts.tasks.make_missing_thumbnails",
        "schedule": timedelta(seconds={PERIOD}),
    }},
}}
CELERY_BROKER_TRANSPORT_OPTIONS |= {{
    "visibility_timeout": {VISIBILITY_TIMEOUT},
    # Seconds between two looks for such tasks, of which celery skips nine in ten.
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}}


@task_prerun.connect
def take_a_while(**_):
    # So that a worker that is killed is in the middle of something.
    time.sleep(0.2)
"""


def impatient_microblog(stack: cdk.Stack, *, folder: Path, **options: Any) -> DjangoEcs:
    """The sample with worker and beat and these settings; its image is made in a new folder."""
    backend = changed_backend(folder, {"backend/settings/impatient.py": _SETTINGS})
    return microblog(
        stack,
        backend=backend,
        django_settings_module="backend.settings.impatient",
        celery_app="backend.celery_app:app",
        use_celery_beat=True,
        **options,
    )
