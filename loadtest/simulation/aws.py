"""How AWS behaves between a number and the task that answers it; none of it can be set."""

from __future__ import annotations

HIGH_MINUTES = 3
"""Target tracking scales out after so many minutes above the target, each of them. Told by users
and AWS's own staff, not by the documentation: https://github.com/aws/containers-roadmap/issues/1208
"""

LOW_MINUTES = 15
"""And in after so many below nine tenths of it (same source)."""

LOW_PART = 0.9
"""https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
("usually more than 10 % below")"""

METRIC_DELAY_MINUTES = 1
"""A minute of AWS's own metrics is complete a minute later. Our assumption."""

COUNT_DELAY_MINUTES = 0
"""The count of messages is put as soon as it is counted."""

TASK_START_SECONDS = 90
"""From the decision to the first answer: Fargate's machine, the image, Django, one health check.
Our assumption, for an image of 200 MB; see `StoppedAt`, `PullStoppedAt` of your own tasks."""
