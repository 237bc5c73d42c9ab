"""What goes wrong, in one sentence."""

from __future__ import annotations

OWN_FAILURE = 125
"""Exit code of verbs that run a command, when the command itself never ran: as docker's."""


class CliError(Exception):
    """The user reads the message, without a traceback.

    :param message: one sentence: what is wrong, and what to do.
    :param exit_code: of the process. Default: the verb's, mostly 1.
    """

    def __init__(self, message: str, *, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
