"""A process as ECS knows it, recognised by its task definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_cdk.cli.target import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_ecs.type_defs import (
        ContainerDefinitionOutputTypeDef,
        ServiceTypeDef,
        TaskDefinitionTypeDef,
    )

# The construct names its containers after the kinds of processes.
_KINDS = ("web", "worker", "beat", "release", "scheduled")


@dataclass(frozen=True, kw_only=True)
class EcsProcess:
    """A process as ECS knows it.

    :param definition: its task definition, the one in service.
    :param container: its container in there.
    :param service: its service; None for what does not run all the time.
    """

    definition: TaskDefinitionTypeDef
    container: ContainerDefinitionOutputTypeDef
    service: ServiceTypeDef | None

    @property
    def kind(self) -> str:
        """``web``, ``worker``, ``beat``, ``release`` or ``scheduled``."""
        return self.container["name"]

    @property
    def label(self) -> str:
        """How it is called."""
        return label(self.kind, self.stream_prefix)

    @property
    def log_group(self) -> str:
        """Where it logs."""
        return self._log_option("awslogs-group")

    @property
    def stream_prefix(self) -> str:
        """The process's name, with which its log streams begin."""
        return self._log_option("awslogs-stream-prefix")

    def log_stream(self, task_arn: str) -> str:
        """The log stream of one of its tasks."""
        return f"{self.stream_prefix}/{self.kind}/{task_arn.rpartition('/')[2]}"

    def _log_option(self, name: str) -> str:
        return self.container.get("logConfiguration", {}).get("options", {}).get(name, "")


def process_of(
    definition: TaskDefinitionTypeDef, service: ServiceTypeDef | None
) -> EcsProcess | None:
    """None for a task definition that the user has put beside ours."""
    for container in definition.get("containerDefinitions", []):
        if container.get("name") in _KINDS:
            return EcsProcess(definition=definition, container=container, service=service)
    return None


def by_label(processes: Iterable[EcsProcess]) -> dict[str, EcsProcess]:
    """Label -> process; web first, then by kind and name."""
    ordered = sorted(processes, key=lambda one: (_KINDS.index(one.kind), one.label))
    return {one.label: one for one in ordered}
