"""Commands behind a pseudo-terminal, and their exit codes."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time

import pytest

from django_cdk.cli.attached import Output, run_attached, wrapped

RUN = """
import sys
from django_cdk.cli.attached import run_attached, wrapped
own, said = run_attached(["sh", "-c", wrapped(sys.argv[1:])], {**__import__("os").environ})
sys.exit(said if said is not None else 99)
"""


def run(*command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command attached, in a process whose streams are no terminal."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *command],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_exit_code_of_the_command_comes_through() -> None:
    assert run("sh", "-c", "exit 3").returncode == 3


def test_a_command_that_is_not_there_ends_with_127() -> None:
    assert run("no-such-command").returncode == 127


def test_the_output_has_no_trace_of_the_exit_code() -> None:
    assert run("printf", "abc").stdout == "abc"


def test_quotes_and_spaces_of_the_command_arrive() -> None:
    text = """it's "so" $HOME \\ ; *"""

    assert run("printf", "%s", text).stdout == text


def test_the_command_has_a_terminal_even_without_ours() -> None:
    assert run("sh", "-c", "[ -t 0 ] && [ -t 1 ]").returncode == 0


def test_what_is_piped_in_arrives() -> None:
    assert run("sh", "-c", "read x; echo got: $x", stdin="hello\n").stdout == "got: hello\n"


def test_the_end_of_a_pipe_is_the_end_of_the_input() -> None:
    assert run("sh", "-c", "cat >/dev/null; echo over", stdin="no line end").stdout == "over\n"


def test_without_any_input_a_shell_ends() -> None:
    assert run("sh").returncode == 0


def test_a_large_file_arrives_as_a_whole() -> None:
    lines = "".join(f"{n}\n" for n in range(30_000))

    assert run("sh", "-c", "wc -l", stdin=lines).stdout == "30000\n"


def test_without_a_last_word_there_is_no_exit_code(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_attached(["sh", "-c", "exit 5"], os.environ) == (5, None)


def test_a_program_that_is_not_there_ends_with_127(capfd: pytest.CaptureFixture[str]) -> None:
    own, said = run_attached(["no-such-program"], os.environ)

    assert (own, said) == (127, None)


OUTPUT = (
    b"\nStarting session with SessionId: 1\n\x1b]9137;begin\x07"
    b"\x1b[31mred\x1b[0m\r\r\nnext\r\n"
    b"\x1b]9137;exit=42\x07\n\nExiting session with sessionId: 1\n"
)


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_the_commands_own_output_is_found_however_it_is_cut(size: int) -> None:
    output, shown = Output(lines=False), b""

    for start in range(0, len(OUTPUT), size):
        shown += output.feed(OUTPUT[start : start + size])
    shown += output.rest()

    assert (output.exit_code, shown) == (42, b"\x1b[31mred\x1b[0m\r\r\nnext\r\n")


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_in_a_file_lines_end_as_in_files(size: int) -> None:
    output, shown = Output(lines=True), b""

    for start in range(0, len(OUTPUT), size):
        shown += output.feed(OUTPUT[start : start + size])

    assert shown == b"\x1b[31mred\x1b[0m\nnext\n"


def test_what_only_looks_like_a_mark_is_shown() -> None:
    output = Output(lines=False)
    output.feed(b"\x1b]9137;begin\x07")

    shown = output.feed(b"a\x1b]91") + output.feed(b"b") + output.rest()

    assert (output.exit_code, shown) == (None, b"a\x1b]91b")


def test_the_words_of_a_program_that_never_began_are_an_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    run_attached(["echo", "Cannot perform start session"], os.environ)

    out, err = capfd.readouterr()
    assert (out, err.strip()) == ("", "Cannot perform start session")


def test_the_wrapped_command_survives_being_split_into_words() -> None:
    assert shlex.split(wrapped(["echo", "it's"]))[:2] == ["sh", "-c"]


def on_terminal(*command: str, keys: bytes) -> str:
    """Runs a command attached, on a terminal of 97 columns on which keys are pressed."""
    pid, master = pty.fork()
    if pid == pty.CHILD:
        code = f"import os; os.execv({sys.executable!r}, {[sys.executable, '-c', RUN, *command]!r})"
        prepare = f"stty cols 97; exec {shlex.quote(sys.executable)} -c {shlex.quote(code)}"
        os.execv("/bin/sh", ["sh", "-c", prepare])  # noqa: S606
    seen, pressed, end = b"", False, time.monotonic() + 20
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        seen += piece
        if b"ready" in seen and not pressed:
            os.write(master, keys)
            pressed = True
    os.close(master)
    os.waitpid(pid, 0)
    return seen.decode()


def test_ctrl_c_goes_to_the_command_not_to_us() -> None:
    script = "trap 'echo caught; exit 0' INT; echo ready; while :; do sleep 0.1; done"

    assert "caught" in on_terminal("sh", "-c", script, keys=b"\x03")


def test_the_command_sees_the_width_of_our_terminal() -> None:
    assert "ready 97" in on_terminal(
        "sh", "-c", "echo ready $(stty size | cut -d' ' -f2)", keys=b""
    )
