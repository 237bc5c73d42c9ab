"""What a failed AWS call means: ask again later, or never."""

from __future__ import annotations

import re
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError

if TYPE_CHECKING:
    from collections.abc import Iterator


class LaterError(Exception):
    """AWS can't do it now (throttling, no capacity, an outage). The next poll asks again."""


class RefusedError(Exception):
    """AWS will not do it however often it is asked."""


class ReleaseError(Exception):
    """The release command failed; the message is what the user reads in the stack's events."""


_PASSING_CODES = frozenset({
    "ConflictException",  # the client token met another request; the next minute has another token
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
})  # fmt: skip

# ECS has no code of its own for "no room now": it says so in a ClientException's message, in the
# `failures` of RunTask's answer or in a stopped task's reason. Its codes count in capitals only:
# a denied call ends with "... on resource: arn:...".
_CAPACITY = re.compile(
    r"capacity is unavailable|insufficient capacity|capacity error|(?-i:RESOURCE:|^AGENT$)"
    r"|reached the limit on the number of",
    re.IGNORECASE,
)


def is_capacity(reason: str) -> bool:
    """Whether ECS's words mean that there is no room now and may be some later."""
    return _CAPACITY.search(reason) is not None


@contextmanager
def asking(action: str) -> Iterator[None]:
    """Turns a call's errors into `LaterError` or `RefusedError`, naming the IAM action."""
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        text = f"{action}: {details.get('Code', 'unknown')}: {details.get('Message', '')}"
        raise (LaterError(text) if _is_passing(error) else RefusedError(text)) from error
    except (BotocoreConnectionError, HTTPClientError) as error:
        raise LaterError(f"{action}: {error}") from error


def _is_passing(error: ClientError) -> bool:
    details: Any = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return (
        details.get("Code") in _PASSING_CODES
        or status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or is_capacity(details.get("Message", ""))
    )
