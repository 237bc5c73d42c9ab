"""ECS tasks as processes: how they start, with what, and how they stop.

AWS stops a task with SIGTERM or the image's own signal, waits for the container's stop timeout (30
s by default), kills it, and the task tells the exit code that this gave; a load balancer's target
gets traffic, and counts for the deployment, once it passes its health check. ministack 1.5.33
starts containers only with docker, calls a task stopped (exit code 0) before it is, kills after
5 s, and calls every target healthy.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

from ministack.core.responses import (
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    request_scope,
)
from ministack.services import ecs

from tests.emulator import health
from tests.emulator.api import endpoint
from tests.emulator.containers import STOP_TIMEOUT, Container, Runtime
from tests.emulator.images import ImageMissingError
from tests.emulator.ministack_parts import wrap
from tests.emulator.roles import ExecutionRole, RoleError, credentials
from tests.emulator.settings import Folder

Task = dict[str, Any]
_COULD_NOT_START = "ResourceInitializationError: unable to pull image or start container: "


def install(folder: Folder) -> Runtime:
    """Gives ministack's ECS processes for containers."""
    runtime = Runtime(folder)
    ecs._docker = runtime
    wrap(ecs, "_build_run_kwargs", functools.partial(_run_options, folder))
    wrap(ecs, "_run_docker_container", _run)
    wrap(ecs, "_fail_task_start", _say_why)
    wrap(ecs, "_make_deployment", _begin_deployment)
    wrap(ecs, "_stop_task", _stop)
    ecs._ACTION_MAP |= {
        "StopTask": _stop_in_background,
        "RunTask": _run_once(ecs._ACTION_MAP["RunTask"]),
        "ListTasks": _list(ecs._ACTION_MAP["ListTasks"]),
    }
    health.install()
    return runtime


def _run_options(folder: Folder, original: Any) -> Any:
    """What a container is run with, after the execution role has done its part."""

    def options(
        container: dict[str, Any], definition: dict[str, Any], *rest: Any
    ) -> dict[str, Any]:
        made: dict[str, Any] = original(container, definition, *rest)
        task = made["labels"]["com.amazonaws.ecs.task-arn"].rsplit("/", 1)[-1]
        _use_execution_role(container, definition, task)
        ports = [one["containerPort"] for one in container.get("portMappings", [])]
        environment = made["environment"]
        # ministack's own ways to credentials, which lead to none here.
        for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
            environment.pop(name, None)
        environment |= {
            "AWS_ENDPOINT_URL": endpoint(),
            "AWS_REGION": get_region(),
            "AWS_DEFAULT_REGION": get_region(),
            "SSL_CERT_FILE": str(folder.certificates),
        }
        if role := definition.get("taskRoleArn"):
            environment |= credentials(role, task)
        return made | {
            "entrypoint": container.get("entryPoint"),
            "container_port": ports[0] if ports else None,
            "stop_timeout": container.get("stopTimeout") or STOP_TIMEOUT,
        }

    return options


def _use_execution_role(container: dict[str, Any], definition: dict[str, Any], task: str) -> None:
    role = definition.get("executionRoleArn")
    if not role:
        return
    execution = ExecutionRole(role, task)
    try:
        execution.pull(container["image"])
    except RoleError as error:
        raise ecs._ImagePullError(str(error)) from error
    try:
        execution.read_secrets(container)
    except RoleError as error:
        raise ecs._SecretResolutionError(str(error)) from error
    if log := ecs._awslogs_config(container, task, ""):
        execution.make_log_stream(log["group"], log["stream"])


def _run(original: Any) -> Any:
    """AWS's words for an image that is not there and a program that is not in it."""

    def run(runtime: Runtime, container: dict[str, Any], *rest: Any, **options: Any) -> Container:
        try:
            runtime.images.get(container["image"])
        except ImageMissingError as error:
            raise ecs._ImagePullError(
                f"pull image manifest has been retried 7 time(s): {error}"
            ) from error
        try:
            started: Container = original(runtime, container, *rest, **options)
        except FileNotFoundError as error:
            message = (
                "CannotStartContainerError: failed to create task for container: exec:"
                f' "{error.filename}": executable file not found in $PATH'
            )
            raise OSError(message) from error
        return started

    return run


def _say_why(original: Any) -> Any:
    def fail(task: Task, runtime: Runtime, reason: str) -> None:
        cause = reason.removeprefix(_COULD_NOT_START)
        original(task, runtime, cause if cause.startswith("CannotStart") else reason)

    return fail


def _run_once(original: Any) -> Any:
    """AWS answers a second RunTask of the same client token with the task of the first one, and
    refuses a token whose request was another. ministack starts a second task.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
    """
    answered: dict[str, tuple[dict[str, Any], Any]] = {}
    lock = threading.Lock()

    def run(request: dict[str, Any]) -> Any:
        token = request.get("clientToken")
        if token is None:
            return original(request)
        with lock:
            asked, answer = answered.get(token) or (request, original(request))
            answered[token] = asked, answer
        if asked != request:
            return error_response_json("ConflictException", "The client token was used.", 400)
        return answer

    return run


def _list(original: Any) -> Any:
    """AWS takes `startedBy` only alone. ministack combines it with others."""

    def list_tasks(request: dict[str, Any]) -> Any:
        others = request.keys() - {"cluster", "startedBy", "nextToken", "maxResults"}
        if "startedBy" in request and others:
            message = f"cannot specify startedBy with other arguments: {', '.join(sorted(others))}"
            return error_response_json("InvalidParameterException", message, 400)
        return original(request)

    return list_tasks


def _begin_deployment(original: Any) -> Any:
    """AWS: a deployment is in progress until its tasks run. ministack: the first one never is."""

    def begin(*arguments: Any, **options: Any) -> dict[str, Any]:
        return original(*arguments, **options) | {"rolloutState": "IN_PROGRESS"}

    return begin


def _stop(original: Any) -> Any:
    """StopTask as ECS itself uses it: returns when the task has stopped."""

    def stop(request: dict[str, Any]) -> Any:
        task = _find(request)
        if task and _begin_to_stop(task):
            _finish_stopping(task, request.get("reason", "Task stopped by user"))
            return json_response({"task": ecs._sanitize(task)})
        return original(request)

    return stop


def _stop_in_background(request: dict[str, Any]) -> Any:
    """StopTask as an API: returns at once."""
    task = _find(request)
    if task is None or not _begin_to_stop(task):
        return ecs._stop_task(request)
    account, region = get_account_id(), get_region()

    def finish() -> None:
        with request_scope(account, region):
            _finish_stopping(task, request.get("reason", "Task stopped by user"))

    threading.Thread(target=finish, daemon=True).start()
    return json_response({"task": ecs._sanitize(task)})


def _find(request: dict[str, Any]) -> Task | None:
    cluster = ecs._resolve_cluster_name(request.get("cluster", "default"))
    return ecs._resolve_task(request.get("task", ""), cluster) if cluster else None


def _begin_to_stop(task: Task) -> bool:
    """Takes a running task out of service; False if it does not run (any more)."""
    with ecs.resource_lock("ecs-task", task["taskArn"]):
        if not ecs._task_is_active(task["taskArn"], task) or not task.get("_docker_ids"):
            return False
        task |= {"desiredStatus": "STOPPED", "lastStatus": "STOPPING", "stoppingAt": ecs._iso()}
    _refresh(task)
    return True


def _finish_stopping(task: Task, reason: str) -> None:
    for index, container_id in enumerate(task["_docker_ids"]):
        container: Container = ecs._docker.containers.get(container_id)
        container.stop(container.stop_timeout)
        task["containers"][index]["exitCode"] = container.wait()["StatusCode"]
    # For ministack only an active task can become a stopped one.
    task["desiredStatus"] = "RUNNING"
    ecs._mark_task_stopped(task["taskArn"], task, reason, "UserInitiated")
    ecs._cleanup_task_resources(task, ecs._docker)


def _refresh(task: Task) -> None:
    cluster = ecs._cluster_name_from_arn(task["clusterArn"])
    ecs._refresh_service_state(cluster, task.get("group", ""))
