"""One log stream, read as it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from django_cdk.cli.aws import code_of

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef


class LogStream:
    """The stream of one task.

    :param logs: CloudWatch Logs.
    :param group: name of its log group.
    :param stream: name of the stream.
    """

    def __init__(self, logs: CloudWatchLogsClient, *, group: str, stream: str) -> None:
        self._logs = logs
        self._request: GetLogEventsRequestTypeDef = {
            "logGroupName": group,
            "logStreamName": stream,
            "startFromHead": True,
        }

    def new_lines(self) -> list[str]:
        """What came since the last call; nothing while the stream does not exist yet."""
        lines: list[str] = []
        while True:
            try:
                page = self._logs.get_log_events(**self._request)
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":
                    return lines
                raise
            lines += [event["message"] for event in page["events"]]
            token = page["nextForwardToken"]
            # At the end of the stream the token stays as it is.
            if token == self._request.get("nextToken"):
                return lines
            self._request["nextToken"] = token
