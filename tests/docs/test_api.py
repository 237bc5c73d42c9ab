"""API.md is what the source says, and the docstrings of public names say what a reader needs."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator

import pytest

import django_cdk
from tests.docs.pages import Page as Markdown
from tests.stacks import DOMAIN, synthesize
from tools.api.classes import ClassSource, Option
from tools.api.page import Page
from tools.api.types import CDK_REFERENCE, NONE, annotation, markdown

PAGE = Page()
CLASSES = {one.name: one for one in PAGE.public}
CONSTRUCTS = {name: one for name, one in CLASSES.items() if one.is_construct}
#: Constructs, values, and the parts that are reached from them.
REACHED = [one for one in PAGE.reached.values() if isinstance(one, ClassSource)]
#: What is handed on is documented where it comes from.
OWN = [
    (owner.name, option.name)
    for owner in PAGE.public
    for option in owner.options
    if option.name in owner.own_options
]
#: A word that says what a number counts or in what it is measured.
UNIT = re.compile(
    r"second|minute|hour|day|GiB|MiB|percent|unit|port|number|how many|tasks|replicas|readers|"
    r"images|capacity|fewest|most|per task|or more|messages|nodes",
    re.IGNORECASE,
)


def option(owner: str, name: str) -> Option:
    (found,) = [one for one in CLASSES[owner].options if one.name == name]
    return found


def refusals(owner: ClassSource) -> Iterator[str]:
    """Calls and raises by which a constructor refuses what it was given."""
    for method in owner.tree.body:
        if isinstance(method, ast.FunctionDef) and method.name in {"__init__", "__post_init__"}:
            for node in ast.walk(method):
                if isinstance(node, ast.Raise):
                    yield "raise"
                if isinstance(node, ast.Call) and "check" in ast.unparse(node.func):
                    yield ast.unparse(node.func)


@pytest.mark.snapshot
def test_the_page_is_what_the_source_says() -> None:
    written = Markdown("API.md").text

    # The text itself would be a diff of hundreds of lines.
    assert written == PAGE.text(), "run `make api`"


def test_the_page_has_every_public_name() -> None:
    headings = re.findall(r"^### (\w+)$", Markdown("API.md").text, re.MULTILINE)

    assert set(django_cdk.__all__) <= set(headings)
    assert len(headings) == len(set(headings))


def test_every_link_of_the_page_leads_to_one_of_its_headings() -> None:
    page = Markdown("API.md")

    assert page.links
    assert {link.removeprefix("#") for link in page.links} <= page.anchors


def test_the_code_of_docstrings_is_python() -> None:
    (block,) = Markdown("API.md").blocks

    compile(block.code, "API.md", "exec")


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert CLASSES[name].text.partition("\n")[0].rstrip().endswith((".", ":", ","))


@pytest.mark.parametrize(("owner", "name"), OWN)
def test_an_option_has_its_meaning(owner: str, name: str) -> None:
    assert option(owner, name).meaning


@pytest.mark.parametrize("name", CLASSES)
def test_a_docstring_speaks_of_no_option_that_is_not_there(name: str) -> None:
    owner = CLASSES[name]
    variadic = {"app", "ecs"}

    assert set(owner.meanings) - variadic <= set(owner.own_options)


@pytest.mark.parametrize(("owner", "name"), [pair for pair in OWN if NONE in option(*pair).types])
def test_an_option_that_may_be_left_out_says_what_happens_then(owner: str, name: str) -> None:
    assert re.search(r"[Dd]efault|None|[Ww]ithout|instead|^as :class:", option(owner, name).meaning)


@pytest.mark.parametrize(
    ("owner", "name"),
    [pair for pair in OWN if {one.path for one in option(*pair).types} & {"int", "float"}],
)
def test_a_number_says_what_it_counts(owner: str, name: str) -> None:
    assert UNIT.search(f"{name.replace('_', ' ')} {option(owner, name).meaning}")


@pytest.mark.parametrize("name", CLASSES)
def test_a_constructor_that_refuses_says_so(name: str) -> None:
    owner = CLASSES[name]

    assert owner.raises or not list(refusals(owner))


@pytest.mark.parametrize("owner", REACHED, ids=lambda owner: owner.name)
def test_an_attribute_has_its_type_and_its_meaning(owner: ClassSource) -> None:
    attributes = PAGE.attributes.of(owner)

    assert [one.name for one in attributes if not one.types or not one.meaning] == []


def runtime_class(path: str) -> type | None:
    """The class at a path; None for an interface of the CDK, which no value can be asked for."""
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(module or "builtins"), name)
    plain = inspect.isclass(found) and not getattr(found, "_is_protocol", False)
    return found if plain else None


def test_the_types_of_attributes_are_those_of_a_real_construct() -> None:
    """They are read off the source, so a synthesized application tells whether rightly."""
    django = synthesize(celery_app="blog", use_celery_beat=True, use_ecs_exec=True, **DOMAIN)
    asked = 0
    for attribute in PAGE.attributes.of(CONSTRUCTS["DjangoEcs"]):
        value = getattr(django.construct, attribute.name)
        classes = [runtime_class(one.path) for one in attribute.types if one != NONE]
        if value is not None and None not in classes:
            asked += 1
            assert isinstance(value, tuple(filter(None, classes))), attribute.name

    assert asked > 10


def test_an_annotation_is_written_with_links_and_without_quotes() -> None:
    names = {"s3": "aws_cdk.aws_s3", "Sequence": "collections.abc.Sequence"}

    def written(text: str) -> str:
        types = annotation(text, lambda name: names.get(name, name))
        return markdown(types, {"Size": "#size"})

    page = f"{CDK_REFERENCE}/aws_cdk.aws_s3/IBucket.html"
    assert written("s3.IBucket | None") == f"[`IBucket`]({page}) or `None`"
    assert written("Sequence[str | int]") == "`Sequence[str | int]`"
    assert written("Sequence[Size]") == "`Sequence`[[`Size`](#size)]"
