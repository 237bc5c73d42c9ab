"""What AWS does on a task's behalf, done with the task's own roles.

AWS: the execution role pulls the image, reads the secrets and makes the log stream, the container
has the task role's credentials, and a role that ECS may not assume fails the start. ministack
1.5.33 does the former without asking IAM and gives the container no credentials.
"""

from __future__ import annotations

import re
from typing import Any

import boto3
from botocore.exceptions import ClientError
from ministack.core.responses import get_region

from tests.emulator.api import endpoint
from tests.emulator.sessions import Credentials, TrustError, assume

_ECR_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[^/]+/(?P<repository>[^:@]+):(?P<tag>.+)")


class RoleError(Exception):
    """Something that a role does not allow; the message is what ECS says of it."""


def credentials(role: str, session: str) -> Credentials:
    """Credentials of a role for a task, as environment variables.

    :raises RoleError: its trust policy does not name ECS tasks.
    """
    try:
        return assume(role, session, service="ecs-tasks.amazonaws.com")
    except TrustError as error:
        message = f"ECS was unable to assume the role '{role}' that was provided for this task."
        raise RoleError(message) from error


class ExecutionRole:
    """The execution role of one task at work."""

    def __init__(self, role: str, session: str) -> None:
        given = credentials(role, session)
        self._session = boto3.Session(
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            region_name=get_region(),
        )

    def pull(self, image: str) -> None:
        """Asks the registry for an image of ECR.

        :raises RoleError: it may not.
        """
        named = _ECR_IMAGE.fullmatch(image)
        if named is None:
            return
        ecr = self._client("ecr")
        try:
            ecr.get_authorization_token()
            ecr.batch_get_image(
                repositoryName=named["repository"], imageIds=[{"imageTag": named["tag"]}]
            )
        except ClientError as error:
            if "AccessDenied" in error.response["Error"]["Code"]:
                raise RoleError(f"pull access denied: {error}") from error

    def read_secrets(self, container: dict[str, Any]) -> None:
        """Reads each secret of a container definition.

        :raises RoleError: it may not.
        """
        for secret in container.get("secrets", []):
            arn = ":".join(secret["valueFrom"].split(":")[:7])
            try:
                self._client("secretsmanager").get_secret_value(SecretId=arn)
            except ClientError as error:
                message = f"unable to retrieve secret from asm: {error}"
                raise RoleError(message) from error

    def make_log_stream(self, group: str, stream: str) -> None:
        """Makes the stream that the awslogs driver writes to.

        :raises RoleError: it may not, or there is no such group.
        """
        try:
            self._client("logs").create_log_stream(logGroupName=group, logStreamName=stream)
        except ClientError as error:
            message = f"failed to create Cloudwatch log stream: {error}"
            raise RoleError(message) from error

    def _client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=endpoint())
