"""A command attached to this terminal through a pseudo-terminal of its own.

The session-manager-plugin wants a terminal even where there is none (a CI job, a pipe), and ends
with 0 whatever the command inside the container did. So it gets a terminal, and the command is
wrapped in a shell that says its exit code at the end, in a control sequence taken out here.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import selectors
import shlex
import signal
import sys
import termios
import tty
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MARK = re.compile(rb"\x1b\]9137;exit=(\d+)\x07")
_MARK_BEGIN = b"\x1b]9137;"
_LONGEST_MARK = len(_MARK_BEGIN) + len(b"exit=255\x07")
# In double quotes: the whole stands in single quotes on its way.
_PRINT_MARK = 'printf "\\033]9137;exit=%d\\007" "$?"'

_CHUNK = 65536
_NOT_FOUND = 127


def wrapped(command: Sequence[str]) -> str:
    """The command as one line that says its exit code when it ends."""
    return shlex.join(["sh", "-c", f"{shlex.join(command)}; {_PRINT_MARK}"])


class MarkFilter:
    """Takes the exit code out of the output, wherever it is cut into pieces."""

    def __init__(self) -> None:
        #: What the command said; None: nothing yet.
        self.exit_code: int | None = None
        self._kept = b""

    def feed(self, piece: bytes) -> bytes:
        """The part of the output that may be shown now."""
        text = self._kept + piece
        found = _MARK.search(text)
        if found:
            self.exit_code = int(found[1])
            text = text[: found.start()] + text[found.end() :]
        self._kept = _beginning_of_mark(text)
        return text[: len(text) - len(self._kept)]

    def rest(self) -> bytes:
        """What was kept back and turned out to be no mark."""
        kept, self._kept = self._kept, b""
        return kept


def run_attached(argv: Sequence[str], env: Mapping[str, str]) -> tuple[int, int | None]:
    """Runs the program with a pseudo-terminal between it and our standard input and output.

    :return: its own exit code, and that of the wrapped command in it, if it was said.
    """
    pid, master = pty.fork()
    if pid == pty.CHILD:
        try:
            os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606 - it takes our terminal's place
        finally:
            os._exit(_NOT_FOUND)
    mark = MarkFilter()
    with ExitStack() as stack:
        stack.callback(os.close, master)
        stack.enter_context(_same_size(master))
        stack.enter_context(_raw_input())
        _copy(master, mark)
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), mark.exit_code


def _beginning_of_mark(text: bytes) -> bytes:
    """The end of the text, if a mark may begin there."""
    start = text.rfind(b"\x1b", max(0, len(text) - _LONGEST_MARK))
    tail = text[start:] if start >= 0 else b""
    return tail if _MARK_BEGIN.startswith(tail[: len(_MARK_BEGIN)]) else b""


def _copy(master: int, mark: MarkFilter) -> None:
    """Until the program has closed its terminal."""
    with selectors.DefaultSelector() as selector:
        selector.register(master, selectors.EVENT_READ)
        stdin = _stdin()
        if stdin is not None:
            try:
                selector.register(stdin, selectors.EVENT_READ)
            except PermissionError:
                # A plain file is always ready, and epoll won't watch it.
                _write(master, os.read(stdin, _CHUNK))
                stdin = None
        while True:
            for key, _ in selector.select():
                data = _read(key.fd)
                if key.fd == master and not data:
                    _show(mark.rest())
                    return
                if key.fd == master:
                    _show(mark.feed(data))
                elif data:
                    _write(master, data)
                else:
                    selector.unregister(key.fd)


def _stdin() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _read(file: int) -> bytes:
    try:
        return os.read(file, _CHUNK)
    except OSError:
        # Linux's way to say that the other side of a pseudo-terminal has been closed.
        return b""


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _show(data: bytes) -> None:
    sys.stdout.flush()
    _write(sys.stdout.fileno(), data)


@contextmanager
def _raw_input() -> Iterator[None]:
    """Each key goes to the program as it is pressed, Ctrl-C too."""
    file = _stdin()
    if file is None or not os.isatty(file):
        yield
        return
    before = termios.tcgetattr(file)
    tty.setraw(file)
    try:
        yield
    finally:
        termios.tcsetattr(file, termios.TCSAFLUSH, before)


@contextmanager
def _same_size(master: int) -> Iterator[None]:
    """The pseudo-terminal is as large as ours, also when ours changes."""
    file = sys.stdout.fileno()
    if not os.isatty(file):
        yield
        return

    def adopt(*_: object) -> None:
        size = fcntl.ioctl(file, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)

    adopt()
    before = signal.signal(signal.SIGWINCH, adopt)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
