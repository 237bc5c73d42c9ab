"""The last lines of a task's log, whatever the log holds."""

from __future__ import annotations

import pytest

from django_cdk.handlers.release.log_tail import plain_lines, read_tail
from django_cdk.handlers.release.response import clip, cost, last_lines
from tests.handlers.fakes import client_error


def tail(aws):
    return read_tail(aws.logs, clock=aws.clock, group="/blog/release", stream="s")


def test_the_last_lines_come_in_the_order_in_which_they_were_written(aws):
    aws.logs.streams["s"] = ["one", "two"]
    assert tail(aws) == ["one", "two"]


def test_of_a_million_lines_a_hundred_are_read(aws):
    aws.logs.streams["s"] = [f"line {n}" for n in range(1_000_000)]
    assert tail(aws)[-1] == "line 999999"
    assert aws.logs.served == 100


def test_lines_that_arrive_late_are_waited_for_a_moment(aws):
    aws.logs.queue("GetLogEvents", {"events": []})
    aws.logs.streams["s"] = ["late"]
    assert tail(aws) == ["late"]
    assert aws.clock.slept <= 2


def test_an_empty_newest_page_is_followed_one_page_back(aws):
    aws.logs.queue(
        "GetLogEvents",
        {"events": [], "nextBackwardToken": "b/1"},
        {"events": [{"message": "older"}]},
    )
    assert tail(aws) == ["older"]
    assert aws.logs.calls[1][1]["nextToken"] == "b/1"
    assert aws.clock.slept == 0


def test_an_empty_stream_is_said_to_be_empty(aws):
    aws.logs.streams["s"] = []
    assert tail(aws) == ["(no log lines: the stream is empty)"]


def test_a_missing_stream_is_said_to_be_missing_after_a_short_wait(aws):
    (line,) = tail(aws)
    assert line.startswith("(no log lines: logs:GetLogEvents: ResourceNotFoundException")
    assert aws.clock.slept <= 5


def test_a_log_that_may_not_be_read_is_said_so_without_waiting(aws):
    aws.logs.always("GetLogEvents", client_error("GetLogEvents", "AccessDeniedException", "no"))
    assert tail(aws) == ["(no log lines: logs:GetLogEvents: AccessDeniedException: no)"]
    assert aws.clock.slept == 0


def test_a_log_that_does_not_answer_costs_one_call_as_botocore_has_retried_it(aws):
    aws.logs.always("GetLogEvents", client_error("GetLogEvents", "ThrottlingException", "slow"))
    assert tail(aws) == ["(no log lines: logs:GetLogEvents: ThrottlingException: slow)"]
    assert len(aws.logs.calls) == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[32;1mOK\x1b[0m", ["OK"]),
        ("\x1b]0;title\x07text", ["text"]),
        ("\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", ["link"]),
        ("\x1b(Bplain", ["plain"]),
        ("\x1b]0;never closed", ["0;never closed"]),
        ("10%\r50%\r100%\r", ["100%"]),
        ("bell\x07 null\x00 c1\x9b", ["bell null c1"]),
        ("a\tb", ["a    b"]),
        ("  indented  ", ["  indented"]),
        ("one\ntwo\r\n\n", ["one", "two"]),
        ("evil\u202etxt\u2028x", ["eviltxtx"]),
        ("déjà vu 日本 🎉", ["déjà vu 日本 🎉"]),
        ("half \ud83d pair", ["half ? pair"]),
        ("\x1b[2K\x1b[1A", []),
    ],
)
def test_a_line_is_shown_as_plain_text(written, shown):
    assert plain_lines(written) == shown


def test_the_last_lines_are_kept_whole_after_a_mark():
    shown = last_lines([f"line {n}" for n in range(100)], 100)
    first, *rest = shown.split("\n")
    assert first == "[earlier lines cut]"
    assert rest == [f"line {n}" for n in range(100 - len(rest), 100)]
    assert cost(shown) <= 100


def test_lines_that_all_fit_carry_no_mark():
    assert last_lines(["a", "b"], 100) == "a\nb"


def test_one_endless_line_does_not_hide_the_line_before_it():
    shown = last_lines(["ValueError: bad", "x" * 100_000], 300)
    assert "ValueError: bad" in shown
    assert cost(shown) <= 300


@pytest.mark.parametrize("limit", range(60, 90))
@pytest.mark.parametrize("character", ["é", "日", "🎉", '"', "\\", "\x01"])
def test_a_cut_falls_between_characters_and_within_the_limit(character, limit):
    shown = clip(character * 200, limit)
    assert set(shown) <= {character, *" [...] "}
    assert limit - 2 * cost(character) - 1 <= cost(shown) <= limit


def test_no_lines_fit_into_no_room():
    assert cost(last_lines(["x" * 500] * 5, 60)) <= 60
