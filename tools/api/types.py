"""What a type in the documentation is, and how it is written and linked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

CDK_REFERENCE = "https://docs.aws.amazon.com/cdk/api/v2/python"

#: Name in a module -> path of what it stands for, such as aws_cdk.aws_ec2.IVpc.
Resolve = Callable[[str], str]


@dataclass(frozen=True)
class Type:
    """One type: its path, or a literal's text, and what it is made of."""

    path: str
    arguments: tuple[Union, ...] = ()

    @property
    def name(self) -> str:
        """As it is written where it is imported."""
        return self.path.rpartition(".")[2] if self.path.isidentifier() or "." in self.path else ""

    def within(self) -> Iterator[Type]:
        """This type and those that it is made of."""
        yield self
        for union in self.arguments:
            for one in union:
                yield from one.within()


#: The types that a value may have.
Union = tuple[Type, ...]

NONE = Type("None")


def union(*parts: Union) -> Union:
    """All of these, each once, None last."""
    found = dict.fromkeys(one for part in parts for one in part)
    return (*(one for one in found if one != NONE), *([NONE] if NONE in found else []))


def without_none(types: Union) -> Union:
    """What is left when the value is there."""
    return tuple(one for one in types if one != NONE)


def annotation(text: str, resolve: Resolve) -> Union:
    """The types that an annotation names."""
    return _annotation(ast.parse(text, mode="eval").body, resolve)


def _annotation(node: ast.expr, resolve: Resolve) -> Union:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return union(_annotation(left, resolve), _annotation(right, resolve))
        case ast.Subscript(value=value, slice=inside):
            (outer,) = _annotation(value, resolve)
            parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            if outer.path == "typing.Optional":
                return union(_annotation(inside, resolve), (NONE,))
            literal = outer.path == "typing.Literal"
            return (
                Type(
                    outer.path,
                    tuple(
                        (Type(ast.unparse(part).replace("'", '"')),)
                        if literal
                        else _annotation(part, resolve)
                        for part in parts
                    ),
                ),
            )
        case ast.Constant(value=str(text)):
            return annotation(text, resolve)
        case ast.Constant():
            return (Type(ast.unparse(node)),)
        case _:
            return (Type(dotted(ast.unparse(node), resolve)),)


def dotted(text: str, resolve: Resolve) -> str:
    """The path of a dotted name: ec2.IVpc -> aws_cdk.aws_ec2.IVpc."""
    first, dot, rest = text.partition(".")
    return f"{resolve(first)}{dot}{rest}".removeprefix("builtins.")


def markdown(types: Union, anchors: Mapping[str, str]) -> str:
    """The types for a cell of a table; `anchors`: path of a type of our own -> its link."""
    return " or ".join(_one(one, anchors) for one in types)


def _one(one: Type, anchors: Mapping[str, str]) -> str:
    if one.path == "typing.Literal":
        return " or ".join(f"`{text.path}`" for (text,) in one.arguments)
    if not one.arguments:
        return _linked(one, anchors)
    inside = ", ".join(markdown(types, anchors) for types in one.arguments)
    whole = f"{_linked(one, anchors)}[{inside}]"
    # Without a link in it, one piece of code reads better.
    return whole if "](" in whole else f"`{whole.replace('`', '').replace(' or ', ' | ')}`"


def _linked(one: Type, anchors: Mapping[str, str]) -> str:
    target = anchors.get(one.path) or cdk_page(one.path)
    name = one.name or one.path
    return f"[`{name}`]({target})" if target else f"`{name}`"


def cdk_page(path: str) -> str | None:
    """Where the CDK's reference describes this type; None when it is no type of the CDK."""
    module, _, name = path.rpartition(".")
    if module.partition(".")[0] not in {"aws_cdk", "constructs"}:
        return None
    return f"{CDK_REFERENCE}/{module}/{name}.html"
