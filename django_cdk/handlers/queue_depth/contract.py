"""What the stack and the Lambda code agree on. Standard library only: both sides import it."""

from __future__ import annotations

NAMESPACE = "django-cdk"
"""CloudWatch namespace of the metrics, which the publisher's role is held to."""

CLUSTER, SERVICE = "ClusterName", "ServiceName"
"""Dimensions of each metric, as in AWS's own namespace of ECS."""

QUEUE_DEPTH = "QueueDepth"
"""Messages that wait in the queues of a worker, for nobody in particular."""

UNACKED = "Unacked"
"""Messages that a worker has taken and not acknowledged, also those it keeps for a later time."""

BACKLOG_PER_TASK = "BacklogPerTask"
"""Messages that wait or are in hand, per task that is asked for; never quite 0 while one is."""

BACKLOG_WITHOUT_TASK = "HasBacklogWithoutCapacity"
"""1 while there are messages and no task is asked for, else 0. AWS's own name, of SageMaker."""
