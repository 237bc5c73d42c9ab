"""Systems Manager: command documents, and commands by them.

AWS: a document's versions have numbers, and what is not said otherwise runs the default one, which
an update by CloudFormation makes the newest. SendCommand refuses an unknown document, an instance
whose agent is not there, a parameter that the document does not have and a value that its pattern
does not allow; it answers Pending at once, and GetCommandInvocation knows the command a moment
later. ministack 1.5.33 has no documents, takes every name for one, and calls the command a success.
`tests.emulator.machines` says how it ends.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import ministack.services.ssm as service
from botocore.exceptions import ClientError
from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    get_region,
    request_scope,
)
from ministack.services import ec2

from tests.emulator.api import client
from tests.emulator.machines import Ending, Machines, in_background
from tests.emulator.ministack_parts import Made, Properties, physical_name, register, wrap
from tests.emulator.resources.ec2_machines import player_of
from tests.emulator.sessions import TrustError

_PARAMETER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
#: Name -> content of its newest version.
_documents = AccountRegionScopedDict()
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html
_MOST_OUTPUT = 24_000


class RefusedError(Exception):
    """AWS's code and message for a request that it refuses."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _create(logical_id: str, properties: Properties, stack: str) -> Made:
    name = properties.get("Name") or physical_name(stack, logical_id, longest=128)
    if name in _documents:
        message = f"DocumentAlreadyExists: {name}"
        raise ValueError(message)
    _documents[name] = _content(properties)
    return name, {}


def _update(name: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
    if new.get("UpdateMethod") != "NewVersion" and old["Content"] != new["Content"]:
        return _create(logical_id, new, stack)
    _documents[name] = _content(new)
    return name, {}


def _delete(name: str, _properties: Properties) -> None:
    del _documents[name]


def _content(properties: Properties) -> Properties:
    content = properties["Content"]
    parsed: Properties = json.loads(content) if isinstance(content, str) else content
    return parsed


def _script(name: str, given: dict[str, list[str]]) -> str:
    """What a command by a document runs, its parameters put in.

    :raises RefusedError: no such document, or parameters that are not for it.
    """
    if name not in _documents:
        raise RefusedError("InvalidDocument", f"document {name} does not exist")
    content = _documents[name]
    known = content.get("parameters", {})
    values = {parameter: about.get("default") for parameter, about in known.items()}
    for parameter, value in given.items():
        pattern = known.get(parameter, {}).get("allowedPattern", "")
        if parameter not in known or not re.search(pattern, value[0]):
            raise RefusedError("InvalidParameters", f"Parameter {parameter}: {value} not allowed")
        values[parameter] = value[0]
    missing = [parameter for parameter, value in values.items() if value is None]
    if missing:
        raise RefusedError("InvalidParameters", f"Parameters {missing} are required")
    lines = [line for step in content["mainSteps"] for line in step["inputs"]["runCommand"]]
    return _PARAMETER.sub(lambda found: str(values[found[1]]), "\n".join(lines))


def _send(machines: Machines, original: Any) -> Any:
    def send(request: Properties) -> Any:
        name = request.get("DocumentName", "")
        if name.startswith("AWS-"):
            return original(request)
        try:
            script = _script(name, request.get("Parameters", {}))
        except RefusedError as error:
            return error_response_json(error.code, str(error), 400)
        answer = original(request)
        if answer[0] == 200:
            command = json.loads(answer[2])["Command"]["CommandId"]
            _run(machines, command, script)
        return answer

    return send


def _run(machines: Machines, command: str, script: str) -> None:
    for instance, invocation in service._commands[command]["Invocations"].items():
        invocation |= {"ResponseCode": -1, "Status": "Pending", "StatusDetails": "Pending"}
        in_background(
            functools.partial(
                _work, machines, instance, script, invocation, get_account_id(), get_region()
            )
        )


def _work(
    machines: Machines,
    instance: str,
    script: str,
    invocation: dict[str, Any],
    *place: str,
) -> None:
    """What the agent does; in a thread, since ministack answers nobody while it handles SSM."""
    with request_scope(*place):
        invocation |= {"Status": "InProgress", "StatusDetails": "InProgress"}
        try:
            player = player_of(machines, instance, _role(instance))
            ending = player.update(script)
        except (ClientError, TrustError) as error:
            ending = Ending(code=1, output=str(error))
        _end(invocation, ending)


def _end(invocation: dict[str, Any], ending: Ending) -> None:
    status = "Failed" if ending.code else "Success"
    # The agent keeps the beginning of what is printed.
    stream = "StandardErrorContent" if ending.code else "StandardOutputContent"
    invocation |= {
        "ResponseCode": ending.code,
        "Status": status,
        "StatusDetails": status,
        stream: ending.output[:_MOST_OUTPUT],
    }


def _role(instance: str) -> str:
    arn = ec2._instances[instance]["IamInstanceProfile"]["Arn"]
    profile = client("iam").get_instance_profile(InstanceProfileName=arn.rsplit("/", 1)[-1])
    return str(profile["InstanceProfile"]["Roles"][0]["Arn"])


def install(machines: Machines) -> None:
    """Gives the type to ministack, and commands by it."""
    register("AWS::SSM::Document", create=_create, update=_update, delete=_delete)
    wrap(service, "_send_command", lambda original: _send(machines, original))
