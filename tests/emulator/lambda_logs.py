"""Log groups of Lambda functions.

AWS writes a function's output with the function's role: a group that is not there is made when the
role may, else the output is lost. ministack 1.5.33 makes it always, so that the last words of a
function bring its group back after CloudFormation has deleted it.
"""

from __future__ import annotations

from typing import Any

import ministack.services.cloudwatch_logs as logs
import ministack.services.lambda_svc as service
from botocore.exceptions import ClientError

from tests.emulator.ministack_parts import wrap
from tests.emulator.sessions import TrustError, session_of


def _with_its_role(original: Any) -> Any:
    def emit(function: dict[str, Any], *what: Any, **options: Any) -> None:
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup")
        group = group or f"/aws/lambda/{config['FunctionName']}"
        if group in logs._log_groups or _make(group, config["Role"]):
            original(function, *what, **options)

    return emit


def _make(group: str, role: str) -> bool:
    try:
        as_role = session_of(role, "lambda", service="lambda.amazonaws.com")
        as_role("logs").create_log_group(logGroupName=group)
    except (ClientError, TrustError):
        return False
    return True


def install() -> None:
    """Asks the role."""
    wrap(service, "_emit_lambda_logs", _with_its_role)
