"""Where ministack authorizes a request otherwise than AWS does.

AUTH=true makes ministack evaluate policies; a missing permission then fails a deployment here too.
What AWS asks for an ECS call is told in
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
ministack 1.5.33 takes the cluster for the resource of each, knows no condition keys of ECS, and
lets RunTask pass roles and set tags without asking.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ministack.core.iam_actions as actions
import ministack.core.iam_evaluator as evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from tests.emulator.ministack_parts import wrap

_RUN = ("ecs:RunTask", "ecs:StartTask")
# Our own context key: what a request asks for beside its action.
_MORE = "emulator:more"


def install() -> None:
    """Puts the differences right."""
    wrap(actions, "extract_resource_arn", _resource)
    wrap(actions, "request_tag_context", _context)
    wrap(evaluator, "enforce", _enforce)
    wrap(evaluator, "_resolve_condition_key", _condition)


def _resource(original: Any) -> Any:
    def resource(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any
    ) -> Any:
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        known = _OF_SERVICE.get(service)
        found = known(action, json.loads(body or b"{}")) if known else None
        return found or original(service, method, path, headers, body, *rest)

    return resource


def _ecs_resource(action: str, request: Mapping[str, Any]) -> str | None:
    """The ARN that AWS asks for; None where ministack's own answer is right."""
    match action:
        case "RunTask" | "StartTask":
            return _arn("task-definition", request.get("taskDefinition", ""))
        case "ListTasks":
            return "*"
        case "DescribeTasks":
            return _task(request, request.get("tasks", [""])[0])
        case "StopTask" | "ExecuteCommand":
            return _task(request, request.get("task", ""))
        case _:
            return None


def _logs_resource(_action: str, request: Mapping[str, Any]) -> str | None:
    """What concerns one stream is allowed on it. ministack: on the group."""
    if not {"logGroupName", "logStreamName"} <= request.keys():
        return None
    stream = f"log-group:{request['logGroupName']}:log-stream:{request['logStreamName']}"
    return f"arn:aws:logs:{get_region()}:{get_account_id()}:{stream}"


def _ecr_resource(action: str, request: Mapping[str, Any]) -> str | None:
    """Repositories asked for by name are allowed by name. ministack: on everything."""
    names = request.get("repositoryNames")
    if action != "DescribeRepositories" or not names:
        return None
    return f"arn:aws:ecr:{get_region()}:{get_account_id()}:repository/{names[0]}"


def _ssm_resource(action: str, request: Mapping[str, Any]) -> str | None:
    """A command is allowed on its document, and on each instance. ministack: on everything."""
    if action != "SendCommand":
        return None
    place = f"arn:aws:ssm:{get_region()}:{get_account_id()}"
    return f"{place}:document/{request.get('DocumentName', '')}"


_OF_SERVICE = {
    "ecr": _ecr_resource,
    "ecs": _ecs_resource,
    "logs": _logs_resource,
    "ssm": _ssm_resource,
}


def _arn(kind: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:{kind}/{name}"


def _task(request: Mapping[str, Any], task: str) -> str:
    cluster = request.get("cluster", "default").rsplit("/", 1)[-1]
    return task if task.startswith("arn:") else _arn("task", f"{cluster}/{task}")


def _context(original: Any) -> Any:
    def context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> Any:
        found = dict(original(service, action, body, parameters))
        request = json.loads(body or b"{}") if service in ("ecs", "ssm") else {}
        if "cluster" in request:
            found["ecs:cluster"] = _arn("cluster", request["cluster"])
        if action in _RUN:
            found[_MORE] = list(_asked_by_run(request))
        if action == "ssm:SendCommand":
            place = f"arn:aws:ec2:{get_region()}:{get_account_id()}:instance"
            instances = request.get("InstanceIds", [])
            found[_MORE] = [(action, f"{place}/{one}", {}) for one in instances]
        return found

    return context


def _asked_by_run(request: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Action, resource and condition keys of all else that starting a task takes."""
    definition = ecs._task_defs.get(ecs._resolve_td_key(request.get("taskDefinition", ""))) or {}
    for name in ("taskRoleArn", "executionRoleArn"):
        if role := definition.get(name):
            yield "iam:PassRole", role, {"iam:passedtoservice": "ecs-tasks.amazonaws.com"}
    tagged = request.get("tags") or request.get("propagateTags") or "NONE"
    if tagged != "NONE":
        yield "ecs:TagResource", _task(request, "new"), {"ecs:createaction": "RunTask"}


def _enforce(original: Any) -> Any:
    def enforce(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(service_context or {})
        asked = [(action, resource_arn, {}), *context.pop(_MORE, [])]
        for one, resource, keys in asked:
            denied = original(access_key, one, service, region, resource, {**context, **keys})
            if denied:
                return denied
        return None

    return enforce


def _condition(original: Any) -> Any:
    """The gateway speaks plain HTTP, where everybody on AWS speaks TLS: taken for TLS, or each
    bucket policy that demands it would refuse everything."""

    def resolve(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else original(key, context)

    return resolve
