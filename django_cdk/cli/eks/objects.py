"""Kubernetes objects of an application, as far as the verbs read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django_cdk.cli.target import label

if TYPE_CHECKING:
    from collections.abc import Mapping

Object = dict[str, Any]

# Labels that the construct gives to every pod.
PROCESS = "django-cdk/process"
KIND = "app.kubernetes.io/component"


def label_of(thing: Object) -> str:
    """The process of a Deployment, CronJob, Job or pod: ``worker:celery``."""
    labels: Mapping[str, str] = thing["metadata"].get("labels", {})
    return label(labels.get(KIND, ""), labels.get(PROCESS, ""))


def name_of(thing: Object) -> str:
    """Its name."""
    return str(thing["metadata"]["name"])


def time_of(text: str | None) -> datetime | None:
    """A time of Kubernetes: ``2026-11-21T00:00:00.123456789Z``."""
    if not text:
        return None
    seconds, _, fraction = text.rstrip("Z").partition(".")
    # Python counts to millionths.
    return datetime.fromisoformat(f"{seconds}.{fraction[:6]:0<6}").replace(tzinfo=UTC)
