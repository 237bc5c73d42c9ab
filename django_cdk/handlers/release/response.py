"""Room in the answer to CloudFormation, which drops the reason if the answer passes 4,096 bytes.

The provider framework, not this code, writes that answer: a JSON object of the request's ids and
the reason. It makes the reason of our message, its own lines and a JavaScript stack trace.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .request import Request

LIMIT = 4096
"""Bytes of the whole response object.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

STACK_TRACE = 10 * 100
"""Bytes kept free for the framework's stack trace: V8 gives 10 frames; the longest is below 100."""

_LONGEST_FUNCTION_NAME = "f" * 64
_CREATE_FAILED_ID = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
_GAP = " [...] "


def cost(text: str) -> int:
    """Bytes that `text` takes inside a JSON string, where a line end or a quote takes two."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) - 2


def room(request: Request) -> int:
    """Bytes left for a failure's message."""
    envelope = {
        "Status": "FAILED",
        "Reason": f"Error: \n\nLogs: /aws/lambda/{_LONGEST_FUNCTION_NAME}\n",
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "PhysicalResourceId": max(request.physical_id, _CREATE_FAILED_ID, key=cost),
        "LogicalResourceId": request.logical_id,
    }
    fixed = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return LIMIT - STACK_TRACE - len(fixed.encode())


def clip(text: str, limit: int) -> str:
    """`text` within `limit` bytes: its beginning and its end, whole characters, marked gap."""
    if cost(text) <= limit:
        return text
    half = (limit - cost(_GAP)) // 2
    start = _beginning(text, half)
    end = _beginning(text[::-1], half)[::-1]
    return start + _GAP + end


def last_lines(lines: Iterable[str], limit: int) -> str:
    """The last of `lines` that fit into `limit` bytes, whole, after a mark that some are cut."""
    every = list(lines)
    mark = "[earlier lines cut]"
    left = limit - cost(mark)
    kept: list[str] = []
    for line in reversed(every):
        # A third at most, so that one endless line does not hide all lines before it.
        shown = clip(line, limit // 3)
        left -= cost(shown + "\n")
        if left < 0:
            break
        kept.append(shown)
    cut = [mark] if len(kept) < len(every) else []
    return "\n".join([*cut, *reversed(kept)])


def _beginning(text: str, limit: int) -> str:
    left = limit
    for index, character in enumerate(text):
        left -= cost(character)
        if left < 0:
            return text[:index]
    return text
