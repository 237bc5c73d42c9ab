"""Questions to the person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .errors import CliError


@dataclass(frozen=True)
class Questions:
    """Asks the person at the terminal; where there is none, says which option answers.

    :param ask: shows a question and returns the answer.
    :param is_terminal: a person is there.
    """

    ask: Callable[[str], str] = input
    is_terminal: bool = field(default_factory=sys.stdin.isatty)

    def answer(self, option: str, question: str, *, choices: Sequence[str] = ()) -> str:
        """One answer.

        :raises CliError: nobody is there, or no answer comes.
        """
        among = f" ({', '.join(choices)})" if choices else ""
        if not self.is_terminal:
            raise CliError(f"{question}{among}? Nobody is here to answer: give {option}.")
        try:
            answer = self.ask(f"{question}{among}? ").strip()
        except EOFError:
            answer = ""
        if not answer:
            raise CliError(f"Without an answer nothing is written; {option} gives it too.")
        return answer
