"""A custom-resource provider for work that takes longer than a function may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, custom_resources
from constructs import Construct

from .handler_function import HandlerFunction, handler_logs, handler_role

if TYPE_CHECKING:
    import aws_cdk.aws_lambda as lambda_


class WaitingProvider(Construct):
    """Starts the work in one function, and asks another how far it is until it is done.

    :param package: package of ``handlers/`` whose ``index`` has ``on_event`` and ``is_complete``.
    :param description: what the functions do, for people who meet them in the console.
    :param start_timeout: how long ``on_event`` may take.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        package: str,
        description: str,
        start_timeout: Duration,
    ) -> None:
        super().__init__(scope, id)
        #: Starts the work.
        self.on_event = self._function(
            "OnEvent", f"{package}.index.on_event", description, start_timeout
        )
        #: Looks how far it is.
        self.is_complete = self._function(
            "IsComplete", f"{package}.index.is_complete", description, Duration.minutes(1)
        )
        framework_logs = handler_logs(self, "FrameworkLogs")
        #: What custom resources name.
        self.service_token = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=self.on_event,
            is_complete_handler=self.is_complete,
            query_interval=Duration.seconds(10),
            # As long as CloudFormation waits for a custom resource.
            total_timeout=Duration.hours(1),
            log_group=framework_logs,
            framework_on_event_role=handler_role(self, "FrameworkOnEventRole", framework_logs),
            framework_complete_and_timeout_role=handler_role(
                self, "FrameworkWaitRole", framework_logs
            ),
            # What the waiter does stands in the functions' own logs.
            disable_waiter_state_machine_logging=True,
        ).service_token

    def _function(
        self, id: str, handler: str, description: str, timeout: Duration
    ) -> lambda_.Function:
        return HandlerFunction(
            self, id, handler=handler, description=description, timeout=timeout
        ).function
