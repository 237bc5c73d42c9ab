"""A command attached to this terminal through a pseudo-terminal of its own.

The session-manager-plugin wants a terminal even where there is none (a CI job, a pipe), and ends
with 0 whatever the command inside the container did, and talks before and after it. So it gets a
terminal, and the command is wrapped in a shell that says where it begins and how it ends, in
control sequences that are taken out here with all that stands around them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import signal
import sys
import termios
import threading
import tty
import warnings
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BEGIN = b"\x1b]9137;begin\x07"
_END = re.compile(rb"\x1b\]9137;exit=(\d+)\x07")
_END_BEGINS = b"\x1b]9137;"
_LONGEST_END = len(_END_BEGINS) + len(b"exit=255\x07")
# In double quotes: the whole stands in single quotes on its way.
_SAY_BEGIN = 'printf "\\033]9137;begin\\007"'
_SAY_END = 'printf "\\033]9137;exit=%d\\007" "$?"'
# A terminal ends its lines so; more than once when there are several on the way.
_LINE_END = re.compile(rb"\r+\n")

_CTRL_D = b"\x04"
_CHUNK = 65536
_NOT_FOUND = 127


def wrapped(command: Sequence[str]) -> str:
    """The command as one line that says when it begins, and its exit code when it ends."""
    # What is typed is seen on the screen; what is piped in is not part of the output.
    quiet = "" if _is_terminal(_stdin()) else "stty -echo 2>/dev/null; "
    return shlex.join(["sh", "-c", f"{quiet}{_SAY_BEGIN}; {shlex.join(command)}; {_SAY_END}"])


class Output:
    """What the wrapped command writes, without what stands around it.

    :param lines: it goes into a file, which has other line ends than a terminal.
    """

    def __init__(self, *, lines: bool) -> None:
        #: What the command said; None: nothing yet.
        self.exit_code: int | None = None
        #: What came before the command: the words of the program that leads to it.
        self.before = b""
        #: It has begun.
        self.begun = False
        self._lines = lines
        self._kept = b""

    def feed(self, piece: bytes) -> bytes:
        """The part that may be shown now."""
        if self.exit_code is not None:
            return b""
        self._kept += piece
        if not self.begun:
            self.before, self.begun, after = _cut(self._kept, _BEGIN)
            if not self.begun:
                return b""
            self._kept = after
        return self._inside()

    def rest(self) -> bytes:
        """What was kept back and turned out to be the command's own."""
        return self._kept if self.begun else b""

    def _inside(self) -> bytes:
        end = _END.search(self._kept)
        if end:
            self.exit_code = int(end[1])
            shown, self._kept = self._kept[: end.start()], b""
        else:
            shown, self._kept = _hold_back(self._kept)
        return _LINE_END.sub(b"\n", shown) if self._lines else shown


def _cut(text: bytes, mark: bytes) -> tuple[bytes, bool, bytes]:
    before, found, after = text.partition(mark)
    return before, bool(found), after


def _hold_back(text: bytes) -> tuple[bytes, bytes]:
    """The text, and its end if the mark, or a line end, may be cut there."""
    start = text.rfind(b"\x1b", max(0, len(text) - _LONGEST_END))
    tail = text[start:] if start >= 0 else b""
    if not (tail and _END_BEGINS.startswith(tail[: len(_END_BEGINS)])):
        tail = text[len(text.rstrip(b"\r")) :]
    return text[: len(text) - len(tail)], tail


def run_attached(argv: Sequence[str], env: Mapping[str, str]) -> tuple[int, int | None]:
    """Runs the program with a pseudo-terminal between it and our standard input and output.

    :return: its own exit code, and that of the wrapped command in it, if it was said.
    """
    with warnings.catch_warnings():
        # Python warns of threads, whose locks the child would inherit; it becomes another program.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid, master = pty.fork()
    if pid == pty.CHILD:
        try:
            os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606 - it takes our terminal's place
        finally:
            os._exit(_NOT_FOUND)
    output = Output(lines=not os.isatty(sys.stdout.fileno()))
    with ExitStack() as stack:
        stack.callback(os.close, master)
        stack.enter_context(_same_size(master))
        stack.enter_context(_raw_input())
        _copy(master, output)
        _, status = os.waitpid(pid, 0)
    if output.exit_code is None:
        sys.stderr.write(output.before.decode(errors="replace"))
    return os.waitstatus_to_exitcode(status), output.exit_code


def _copy(master: int, output: Output) -> None:
    """Until the program has closed its terminal."""
    listening = False
    while data := _read(master):
        _show(output.feed(data))
        # Sooner, the program might take the end of a pipe for its own end.
        if output.begun and not listening:
            listening = True
            threading.Thread(target=_forward, args=(os.dup(master),), daemon=True).start()
    _show(output.rest())


def _forward(master: int) -> None:
    """Standard input to the program; the end of a file or a pipe as Ctrl-D."""
    file, last = _stdin(), b"\n"
    if file is None:
        return
    with suppress(OSError), closing(os.fdopen(master, "wb", buffering=0)) as terminal:
        while data := _read(file):
            terminal.write(data)
            last = data
        if not _is_terminal(file):
            # In the middle of a line the first one only ends the line.
            terminal.write(_CTRL_D if last.endswith(b"\n") else 2 * _CTRL_D)


def _stdin() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _is_terminal(file: int | None) -> bool:
    return file is not None and os.isatty(file)


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
    if file is None or not _is_terminal(file):
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
