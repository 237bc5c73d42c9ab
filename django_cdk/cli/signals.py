"""Ctrl-C, and its like, as something to look at between two steps."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TICK = 0.1


class Interruption:
    """While it is entered, the first signal only sets `signal`; the second interrupts.

    So no signal falls into the middle of a call whose answer names what has to be stopped.
    """

    def __init__(self) -> None:
        #: The first signal that came; None: none so far.
        self.signal: int | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            # What nohup ignores stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._came)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    @property
    def exit_code(self) -> int:
        """Of a process that ended by the signal."""
        return 128 + (self.signal or signal.SIGINT)

    def wait(self, seconds: float) -> None:
        """Waits, shorter when a signal comes."""
        had, end = self.signal, time.monotonic() + seconds
        while self.signal == had and (left := end - time.monotonic()) > 0:
            time.sleep(min(_TICK, left))

    def _came(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
