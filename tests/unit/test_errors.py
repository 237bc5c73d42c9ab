"""OptionError: where, which, what was given, what to give instead."""

from __future__ import annotations

import inspect

import pytest
from constructs import Construct

from django_cdk import OptionError
from django_cdk.errors import closest, names_path, told_as
from tests.stacks import new_stack


class Door(Construct):
    @names_path
    def __init__(self, scope: Construct, id: str, *, width: int = 1, path: str = "") -> None:
        super().__init__(scope, id)
        if width < 1:
            raise OptionError("width", width, "give 1 or more.", path=path)


def test_is_a_value_error() -> None:
    assert issubclass(OptionError, ValueError)


def test_reads_option_value_remedy() -> None:
    assert str(OptionError("port", 0, "give 1.")) == "port=0: give 1."


def test_reads_the_path_first() -> None:
    assert (
        str(OptionError("port", 0, "give 1.", path="Stack/Blog")) == "Stack/Blog: port=0: give 1."
    )


def test_a_construct_as_value_is_shown_by_its_path() -> None:
    """Not by its address in memory, which says nothing and is another each time."""
    value = Construct(new_stack("Shop"), "Zone")

    assert str(OptionError("hosted_zone", value, "give one.")) == (
        "hosted_zone=<Shop/Zone>: give one."
    )


def test_a_construct_adds_its_path() -> None:
    with pytest.raises(OptionError) as refused:
        Door(new_stack("Shop"), "Front", width=0)

    assert str(refused.value) == "Shop/Front: width=0: give 1 or more."


def test_a_path_that_is_there_stays() -> None:
    with pytest.raises(OptionError, match=r"^Shop/Inner: width=0"):
        Door(new_stack("Shop"), "Front", width=0, path="Shop/Inner")


def test_a_construct_keeps_its_signature() -> None:
    assert list(inspect.signature(Door.__init__).parameters) == [
        *("self", "scope", "id"),
        *("width", "path"),
    ]


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(TypeError, match="height"):
        Door(new_stack(), "Front", height=2)  # type: ignore[call-arg]


def test_a_misspelt_name_gets_the_one_that_was_meant() -> None:
    assert closest("web_comand", ["web_command", "port"]) == "did you mean 'web_command'?"


def test_a_strange_name_gets_the_whole_list_in_order() -> None:
    assert closest("xyz", ["web_command", "port"]) == "known are port, web_command."


def test_an_inner_constructs_error_is_told_in_the_outer_ones_words() -> None:
    with pytest.raises(OptionError) as refused, told_as({"width": "size"}, path="Shop"):
        Door(new_stack("Shop"), "Front", width=0)

    assert str(refused.value) == "Shop: size=0: give 1 or more."


def test_options_of_the_same_name_keep_it() -> None:
    with pytest.raises(OptionError, match=r"^Shop: width=0"), told_as({}, path="Shop"):
        Door(new_stack("Shop"), "Front", width=0)
