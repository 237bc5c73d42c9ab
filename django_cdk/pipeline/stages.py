"""The stages of a pipeline: what is deployed, and whether that crosses accounts or regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack, Stage, Token

from ..errors import OptionError, check_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs import IConstruct

_PARTS = ("account", "region")


def check_stages(pipeline_stack: Stack, stages: Mapping[str, Stage | None]) -> bool:
    """Whether a stage lies in another account than the pipeline.

    :param stages: option -> stage; None: not given.
    :raises OptionError: no stage, an empty one, one given twice, or one in an account or region
        that the pipeline's stack can't tell from its own.
    """
    given = {option: stage for option, stage in stages.items() if stage is not None}
    for option, stage in given.items():
        check_type(
            option,
            stage,
            Stage,
            "give an aws_cdk.Stage that holds the environment's stacks: "
            "class Blog(Stage) with a Stack in its __init__.",
        )
        if not list(_stacks(stage)):
            raise OptionError(
                option, stage, "it holds no stack yet: make its stacks in its __init__."
            )
    if len({stage.node.path for stage in given.values()}) < len(given):
        raise OptionError(
            "staging",
            stages["staging"],
            "it is production too: make another instance of the Stage.",
        )
    crossing = [
        part
        for option, stage in given.items()
        for stack in _stacks(stage)
        for part in _PARTS
        if _crosses(option, pipeline_stack, stack, part)
    ]
    return "account" in crossing


def _crosses(option: str, pipeline_stack: Stack, stack: Stack, part: str) -> bool:
    own, other = getattr(pipeline_stack, part), getattr(stack, part)
    if Token.is_unresolved(other):
        return False
    if Token.is_unresolved(own):
        raise OptionError(
            option,
            stack,
            f"it has the {part} {other}, and the pipeline's stack has none: give that stack "
            "env=Environment(account=..., region=...) too.",
        )
    return bool(own != other)


def _stacks(scope: IConstruct) -> Iterator[Stack]:
    for child in scope.node.children:
        if isinstance(child, Stack):
            yield child
        else:
            yield from _stacks(child)
