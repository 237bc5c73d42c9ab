"""Commands in exec form."""

from __future__ import annotations

import pytest

from django_cdk import OptionError
from django_cdk.command import check_command


def test_a_command_becomes_a_tuple_of_its_words() -> None:
    assert check_command("web_command", ["gunicorn", "blog.wsgi"]) == ("gunicorn", "blog.wsgi")


def test_a_command_of_one_word_is_enough() -> None:
    assert check_command("web_command", ["/start"]) == ("/start",)


def test_a_shell_line_is_refused_with_its_words() -> None:
    with pytest.raises(OptionError, match=r"\['python', 'manage.py'\].*swallow the stop signal"):
        check_command("web_command", "python manage.py")


def test_a_word_that_is_not_text_is_named() -> None:
    with pytest.raises(OptionError, match="8000 is no word of a command"):
        check_command("web_command", ["gunicorn", "-p", 8000])  # type: ignore[list-item]
