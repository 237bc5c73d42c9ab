"""The environment contract, seen from the project: which of its names give what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django_cdk.environment import DEFAULT_ENVIRONMENT, TokenRef, parse


def tokens(template: str) -> set[str]:
    """The tokens in a template; none in one that the library would refuse."""
    try:
        return {part.name for part in parse(template) if isinstance(part, TokenRef)}
    except KeyError:
        return set()


class Contract:
    """The variables that reach the containers.

    :param environment: name -> template; None: the library's default table.
    :param others: further names that are given: plain values and secrets.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, others: Iterable[str] = ()
    ) -> None:
        self.environment = DEFAULT_ENVIRONMENT if environment is None else environment
        self.is_default = environment is None
        self.names = {*self.environment, *others}

    def names_of(self, *wanted: str) -> list[str]:
        """The variables that hold one of these tokens; ``database.`` means all of that group."""
        return [
            name
            for name, template in self.environment.items()
            if any(
                token == one or (one.endswith(".") and token.startswith(one))
                for token in tokens(template)
                for one in wanted
            )
        ]
