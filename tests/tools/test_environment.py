"""The environment that tools give to what they start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import environment
from tools.environment import read_dotenv, tool_environment


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_no_file_gives_no_variables(dotenv: Path) -> None:
    assert read_dotenv(dotenv) == {}


@pytest.mark.parametrize(
    "line",
    ["A=b c", "export A=b c", 'A="b c"', "A='b c'", "  A=b c  ", "A=b c  # why"],
)
def test_a_line_gives_its_variable(dotenv: Path, line: str) -> None:
    dotenv.write_text(line)

    assert read_dotenv(dotenv) == {"A": "b c"}


def test_comments_and_empty_values_are_left_out(dotenv: Path) -> None:
    dotenv.write_text("# A=1\n\nB=\n")

    assert read_dotenv(dotenv) == {}


def test_a_line_that_is_no_assignment_is_named(dotenv: Path) -> None:
    dotenv.write_text("A=1\nwhat is this\n")

    with pytest.raises(ValueError, match=r"\.env line 2: 'what is this' is not NAME=value"):
        read_dotenv(dotenv)


def test_an_exported_variable_wins_over_the_file(
    dotenv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv.write_text("ZONE_NAME=file.example\nFRONTEND_URL=https://file.example\n")
    monkeypatch.setattr(environment, "ROOT", dotenv.parent)
    monkeypatch.setenv("ZONE_NAME", "exported.example")
    monkeypatch.delenv("FRONTEND_URL", raising=False)

    given = tool_environment()

    assert given["ZONE_NAME"] == "exported.example"
    assert given["FRONTEND_URL"] == "https://file.example"


def test_node_comes_from_the_python_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")

    given = tool_environment()

    assert given["PATH"].split(":") == [str(Path(given["JSII_NODE"]).parent), "/usr/bin"]
    assert Path(given["JSII_NODE"]).is_file()
