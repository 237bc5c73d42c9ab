"""Credentials of a role for a service of AWS that may take it.

AWS: EC2, ECS and the rest assume a role only when its trust policy names them, and hand its
credentials to what they run. ministack 1.5.33 has no way to that but STS, which wants a caller.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import boto3
from ministack.core.responses import get_account_id, get_region
from ministack.services import sts

from tests.emulator.api import client, endpoint

Credentials = dict[str, str]


class TrustError(Exception):
    """A role that the service may not take."""


def assume(role: str, session: str, *, service: str) -> Credentials:
    """Credentials of a role, as environment variables.

    :raises TrustError: its trust policy does not name the service, or there is no such role.
    """
    name = role.rsplit("/", 1)[-1]
    iam = client("iam")
    try:
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except iam.exceptions.NoSuchEntityException as error:
        raise TrustError(str(error)) from error
    if service not in json.dumps(trust):
        message = f"{service} can't assume {role}"
        raise TrustError(message)
    key = f"ASIA{secrets.token_hex(8).upper()}"
    made = {"SecretAccessKey": secrets.token_hex(20), "SessionToken": secrets.token_hex(40)}
    arn = f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/{session}"
    sts.register_session(key, {"Arn": arn, "UserId": f"{name}:{session}", **made})
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }


def session_of(role: str, session: str, *, service: str) -> Callable[[str], Any]:
    """What makes clients with a role's credentials, in the region of the stack at hand.

    :raises TrustError: the service may not take it.
    """
    given = {name.lower(): value for name, value in assume(role, session, service=service).items()}
    made = boto3.Session(**given, region_name=get_region())
    return lambda of: made.client(of, endpoint_url=endpoint())
