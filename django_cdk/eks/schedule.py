"""A scheduled Process as a CronJob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cron import cron_schedule
from .names import dns_name
from .pod import container, pod_spec

if TYPE_CHECKING:
    from django_cdk.process import Process

    from .target import Manifest, Target


def cron_job(process: Process, target: Target) -> Manifest:
    """The command as a CronJob; a run that is still going keeps the next one from starting.

    :raises OptionError: a schedule that Kubernetes can't say.
    """
    command = process.schedule
    assert command is not None  # noqa: S101 - DjangoApp gives every scheduled process its schedule
    option = f"scheduled_commands[{process.name!r}].schedule"
    spec = pod_spec(target, [container(process, target, command=process.command)])
    spec["restartPolicy"] = "Never"
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": target.metadata(dns_name(process.name), process),
        "spec": {
            "schedule": cron_schedule(option, command.schedule),
            "timeZone": command.timezone,
            "concurrencyPolicy": "Forbid",
            # Without it, a controller that was away for 100 runs never starts the job again.
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "metadata": {"labels": target.labels(process)},
                "spec": {
                    "backoffLimit": 0,
                    "template": {"metadata": {"labels": target.labels(process)}, "spec": spec},
                },
            },
        },
    }
