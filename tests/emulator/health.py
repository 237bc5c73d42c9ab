"""Health checks of load balancer targets.

AWS: a target gets traffic once it answers its health check with a code that the target group's
matcher names; ECS stops a task that never does and counts it as failed. ministack 1.5.33 calls
every target healthy.
"""

from __future__ import annotations

import http.client
import os
import time
from typing import Any

from ministack.services import ecs

from tests.emulator.api import client
from tests.emulator.ministack_parts import wrap

#: Seconds that a target has to pass its check. On AWS: the service's grace period, then interval
#: times unhealthy threshold.
PATIENCE = float(os.environ.get("EMULATOR_HEALTH_SECONDS", "30"))

Task = dict[str, Any]


def install() -> None:
    """Lets a task count for its deployment, and be a target, only when it is healthy."""
    address_of = ecs._task_ip

    def check_first(original: Any) -> Any:
        def record(key: str, task: Task) -> None:
            service = ecs._services.get(key)
            for balancer in (service or {}).get("loadBalancers") or []:
                problem = _wait_for(task, balancer, address_of(task))
                if problem:
                    _give_up(task, problem)
                    return
            original(key, task)

        return record

    wrap(ecs, "_record_service_task_healthy", check_first)
    wrap(ecs, "_task_ip", lambda original: lambda task: _if_healthy(task, original))


def _if_healthy(task: Task, address_of: Any) -> str | None:
    address: str | None = address_of(task) if task.get("_startup_stable") else None
    return address


def _wait_for(task: Task, balancer: dict[str, Any], address: str) -> str:
    """Why the task is unhealthy; empty when it is healthy, or ended meanwhile."""
    answer = client("elbv2").describe_target_groups(TargetGroupArns=[balancer["targetGroupArn"]])
    (group,) = answer["TargetGroups"]
    codes, path = group["Matcher"]["HttpCode"], group.get("HealthCheckPath") or "/"
    deadline = time.monotonic() + PATIENCE
    said = ""
    while ecs._task_is_active(task["taskArn"], task) and time.monotonic() < deadline:
        said = _ask(address, balancer["containerPort"], path)
        if said.isdigit() and matches(int(said), codes):
            return ""
        time.sleep(0.1)
    if not ecs._task_is_active(task["taskArn"], task):
        return ""
    return (
        f"Task failed ELB health checks in (target-group {group['TargetGroupArn']}): {path}"
        f" answered {said}, not {codes}"
    )


def _ask(address: str, port: int, path: str) -> str:
    """The status code as text, or what went wrong instead."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        # As a load balancer does it: by address, plain HTTP, this user agent.
        connection.request("GET", path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def matches(status: int, codes: str) -> bool:
    """Whether a matcher like `200,301-399` names this status code."""
    ranges = (part.split("-") for part in codes.split(","))
    return any(int(one[0]) <= status <= int(one[-1]) for one in ranges)


def _give_up(task: Task, problem: str) -> None:
    ecs._mark_task_stopped(task["taskArn"], task, problem, "ServiceSchedulerInitiated")
    ecs._cleanup_task_resources(task, ecs._docker)
    ecs._record_service_task_failure(task)
