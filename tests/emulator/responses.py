"""Answers of custom resources.

AWS refuses an answer of more than 4,096 bytes, so that the resource fails without its reason.
ministack 1.5.33 takes any.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services.cloudformation import custom_resource

from tests.emulator.ministack_parts import wrap

LIMIT = 4096


def install() -> None:
    """Puts the limit in place."""
    wrap(custom_resource, "deliver_response", _limited)


def _limited(original: Any) -> Any:
    def deliver(token: str, answer: dict[str, Any]) -> Any:
        size = len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
        if size > LIMIT:
            answer = {**answer, "Status": "FAILED", "Reason": "Response object is too long."}
        return original(token, answer)

    return deliver
