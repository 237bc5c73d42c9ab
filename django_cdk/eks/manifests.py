"""All objects of an application's Helm release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .deployment import deployment
from .release import release_job
from .scaling import autoscaler, disruption_budget
from .schedule import cron_job
from .traffic import network_policies, service

if TYPE_CHECKING:
    from .target import Manifest, Target


def application_manifests(target: Target) -> list[Manifest]:
    """Everything but the front door, which differs between clusters."""
    app = target.app
    scaled = (app.web, *app.worker_processes)
    job = release_job(target)
    return [
        *([job] if job else []),
        *network_policies(target),
        service(target),
        *(deployment(process, target) for process in app.processes),
        *(made for process in scaled if (made := autoscaler(process, target))),
        *(disruption_budget(process, target) for process in scaled),
        *(cron_job(process, target) for process in app.scheduled),
    ]
