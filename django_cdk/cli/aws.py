"""The AWS account: a session from the options, and what AWS's errors mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from .errors import CliError

if TYPE_CHECKING:
    import argparse

CONFIG = Config(
    connect_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 5},
    user_agent_extra="django-cdk-cli",
)

_LOGIN = (
    "give --profile NAME, log in (aws sso login, aws configure), or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "AuthFailure",
    }
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)


def make_session(arguments: argparse.Namespace, *, region: str | None = None) -> boto3.Session:
    """The session of ``--profile`` and ``--region``.

    :param region: when ``--region`` is not given; None: that of the environment or the profile.
    :raises CliError: a profile that does not exist, or no region.
    """
    region = arguments.region or region or os.environ.get("AWS_REGION")
    try:
        session = boto3.Session(profile_name=arguments.profile, region_name=region)
    except ProfileNotFound:
        known = ", ".join(boto3.Session().available_profiles) or "none"
        raise CliError(
            f"There is no AWS profile {arguments.profile or os.environ.get('AWS_PROFILE')!r}; "
            f"profiles: {known}."
        ) from None
    if not session.region_name:
        raise CliError("Which region? Give --region, or set AWS_REGION.")
    return session


def code_of(error: ClientError) -> str:
    """AWS's name for the error."""
    return error.response.get("Error", {}).get("Code", "")


def message_of(error: ClientError) -> str:
    """AWS's words for the error."""
    return error.response.get("Error", {}).get("Message", "").strip() or code_of(error)


def is_denied(error: ClientError) -> bool:
    """The caller lacks a permission."""
    return code_of(error) in DENIED


def sentence(error: BotoCoreError | ClientError) -> str:
    """The error in the user's words, with the remedy."""
    if isinstance(error, ClientError):
        return _of_service(error)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return f"There are no AWS credentials: {_LOGIN}."
    if isinstance(error, (SSOError, TokenRetrievalError)):
        return f"The AWS login is not valid any more: log in again (aws sso login): {error}"
    if isinstance(error, NoRegionError):
        return "Which region? Give --region, or set AWS_REGION."
    if isinstance(error, EndpointConnectionError):
        return f"AWS can't be reached: {error} Check the network and the region's name."
    return f"AWS could not be asked: {error}"


def _of_service(error: ClientError) -> str:
    code, message = code_of(error), message_of(error).rstrip(".")
    if code in _EXPIRED:
        return f"The AWS credentials have expired: {_LOGIN}."
    if code in _INVALID:
        return f"AWS does not accept the credentials ({message}): {_LOGIN}."
    if code in DENIED:
        return (
            f"AWS refused {error.operation_name}: {message}. Ask for this permission; "
            "docs/cli.md lists those of each verb."
        )
    return f"AWS answered {error.operation_name} with {code}: {message}."
