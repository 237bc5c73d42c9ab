"""Application Auto Scaling.

AWS refuses a target whose service does not exist. ministack 1.5.33 does not have Application Auto
Scaling at all, so this is its control plane: it remembers and never scales.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region

from tests.emulator.api import client, parameters
from tests.emulator.ministack_parts import Made, Properties, register

Target = tuple[str, str, str]
Answer = dict[str, Any]

_SERVICE = "application-autoscaling"
_TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")
_targets: dict[Target, dict[str, Any]] = {}
_policies: dict[tuple[Target, str], dict[str, Any]] = {}
_lock = threading.Lock()


class NotFoundError(LookupError):
    """No such target or policy."""


def _target(request: Mapping[str, Any]) -> Target:
    namespace, resource, dimension = (request[name] for name in _TARGET)
    return namespace, resource, dimension


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{rest}"


def _register_target(request: Properties) -> Answer:
    target = _targets.setdefault(_target(request), {"CreationTime": time.time()})
    target |= {name: value for name, value in request.items() if name != "Tags"}
    target["ScalableTargetARN"] = _arn(_SERVICE, f"scalable-target/{uuid.uuid4().hex}")
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _describe_targets(request: Properties) -> Answer:
    wanted = request.get("ResourceIds")
    found = [
        one
        for (namespace, resource, _), one in _targets.items()
        if namespace == request["ServiceNamespace"] and (not wanted or resource in wanted)
    ]
    return {"ScalableTargets": found}


def _deregister_target(request: Properties) -> Answer:
    target = _target(request)
    if _targets.pop(target, None) is None:
        raise NotFoundError("No scalable target found")
    for key in [key for key in _policies if key[0] == target]:
        del _policies[key]
    return {}


def _put_policy(request: Properties) -> Answer:
    target, name = _target(request), request["PolicyName"]
    if target not in _targets:
        raise NotFoundError("No scalable target registered")
    arn = _arn(
        "autoscaling", f"scalingPolicy:{uuid.uuid4()}:resource/{target[1]}:policyName/{name}"
    )
    policy = _policies.setdefault((target, name), {"CreationTime": time.time(), "PolicyARN": arn})
    policy |= request
    return {"PolicyARN": policy["PolicyARN"], "Alarms": []}


def _describe_policies(request: Properties) -> Answer:
    found = [
        one
        for ((namespace, resource, _), _name), one in _policies.items()
        if namespace == request["ServiceNamespace"]
        and request.get("ResourceId") in (None, resource)
    ]
    return {"ScalingPolicies": found}


def _delete_policy(request: Properties) -> Answer:
    if _policies.pop((_target(request), request["PolicyName"]), None) is None:
        raise NotFoundError("No scaling policy found")
    return {}


_ACTIONS: Mapping[str, Callable[[Properties], Answer]] = {
    "RegisterScalableTarget": _register_target,
    "DescribeScalableTargets": _describe_targets,
    "DeregisterScalableTarget": _deregister_target,
    "PutScalingPolicy": _put_policy,
    "DescribeScalingPolicies": _describe_policies,
    "DeleteScalingPolicy": _delete_policy,
}


async def _handle(
    _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: Any
) -> tuple[int, dict[str, str], bytes]:
    """The service's door, as ministack calls each service's."""
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    answer: Answer
    try:
        with _lock:
            status, answer = 200, _ACTIONS[action](json.loads(body or b"{}"))
    except NotFoundError as error:
        status, answer = 400, {"__type": "ObjectNotFoundException", "message": str(error)}
    except KeyError as error:
        status, answer = 400, {"__type": "ValidationException", "message": f"no {error}"}
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()


def _create_target(_logical_id: str, properties: Properties, _stack: str) -> Made:
    of_service = re.fullmatch(r"service/([^/]+)/(.+)", properties["ResourceId"])
    if of_service:
        cluster, name = of_service.groups()
        answer = client("ecs").describe_services(cluster=cluster, services=[name])
        if not any(one["status"] == "ACTIVE" for one in answer["services"]):
            message = f"ECS service doesn't exist: {properties['ResourceId']}"
            raise ValueError(message)
    request = parameters(_SERVICE, "RegisterScalableTarget", properties)
    client(_SERVICE).register_scalable_target(**request)
    names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
    return "|".join(properties[name] for name in names), {}


def _update_target(
    _physical_id: str, _old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    return _create_target(logical_id, new, stack)


def _delete_target(_physical_id: str, properties: Properties) -> None:
    target = {name: properties[name] for name in _TARGET}
    client(_SERVICE).deregister_scalable_target(**target)


def _policy_of(properties: Properties) -> Properties:
    """The properties with the target spelled out, which may be given by its Ref."""
    given = dict(properties)
    if reference := given.pop("ScalingTargetId", None):
        resource, dimension, namespace = reference.split("|")
        given |= {
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "ServiceNamespace": namespace,
        }
    return given


def _create_policy(_logical_id: str, properties: Properties, _stack: str) -> Made:
    request = parameters(_SERVICE, "PutScalingPolicy", _policy_of(properties))
    arn = client(_SERVICE).put_scaling_policy(**request)["PolicyARN"]
    return arn, {"Arn": arn}


def _update_policy(
    _physical_id: str, _old: Properties, new: Properties, stack: str, logical_id: str
) -> Made:
    return _create_policy(logical_id, new, stack)


def _delete_policy_resource(_physical_id: str, properties: Properties) -> None:
    given = _policy_of(properties)
    request = {name: given[name] for name in ("PolicyName", *_TARGET)}
    client(_SERVICE).delete_scaling_policy(**request)


def install() -> None:
    """Gives the service and its types to ministack."""
    app.SERVICE_HANDLERS[_SERVICE] = _handle
    router.SERVICE_PATTERNS[_SERVICE] = {
        "target_prefixes": ["AnyScaleFrontendService"],
        "host_patterns": [r"application-autoscaling\."],
        "credential_scope": _SERVICE,
    }
    register(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        create=_create_target,
        update=_update_target,
        delete=_delete_target,
    )
    register(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        create=_create_policy,
        update=_update_policy,
        delete=_delete_policy_resource,
    )
