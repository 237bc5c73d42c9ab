"""The table of docs/reliability.md, out of a run of test_faults.py.

`python -m tests.deploy.reliability` takes the results of the last run over: into the committed
ones, and from there into the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
#: Written by every run of the tests.
LAST_RUN = ROOT / "build" / "reliability.json"
COMMITTED = Path(__file__).with_name("results") / "reliability.json"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one fault did.

    :param fault: what was killed.
    :param away: seconds for which it was kept from coming back; 0: ECS started it again at once.
    :param answers: status code -> answers between the fault and the end of the load; 0: none came.
    :param slowest: seconds that the slowest of these answers took.
    :param answered_after: seconds from the fault until the last failed request had ended; 0: none
        failed.
    :param working_after: seconds from the fault until a reader saw the finished picture of a post
        that was accepted after it.
    :param accepted: posts that were answered with 201, before and after the fault.
    :param missing: those of them that the database did not have in the end.
    :param unfinished: their pictures whose task had not been done when the queue was empty.
    :param given_up: those that the sweep did not make up for either.
    """

    fault: str
    away: float
    answers: Mapping[int, int]
    slowest: float
    answered_after: float
    working_after: float
    accepted: int
    missing: int
    unfinished: int
    given_up: int


def as_json(outcomes: list[Outcome], **told: Any) -> str:
    """The results of a run, and what else is to be told of it."""
    return json.dumps({**told, "faults": [asdict(one) for one in outcomes]}, indent=2) + "\n"


def filled(page: str, results: Mapping[str, Any]) -> str:
    """The page with what the results say.

    :raises ValueError: it has no place for it.
    """
    for name, text in {"measured": _table(results["faults"]), "run": _words(results)}.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        page, found = place.subn(rf"\g<1>\n{text}\n\n\g<2>", page)
        if found != 1:
            raise ValueError(f"the page has {found} places for {name}")
    return page


def _table(faults: list[Mapping[str, Any]]) -> str:
    heads = (
        *("killed", "away", "answered", "failed", "slowest", "answers again", "works again"),
        *("posts accepted", "posts lost", "tasks left to the sweep", "tasks lost"),
    )
    rows = [
        (
            one["fault"],
            f"{one['away']:.0f} s" if one["away"] else "as long as ECS takes",
            str(_good(one["answers"])),
            _failed(one["answers"]),
            f"{one['slowest']:.1f} s",
            f"{one['answered_after']:.1f} s" if one["answered_after"] else "always",
            f"{one['working_after']:.1f} s",
            *(str(one[key]) for key in ("accepted", "missing", "unfinished", "given_up")),
        )
        for one in faults
    ]
    lines = [heads, ("---",) * 2 + ("---:",) * (len(heads) - 2), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _good(answers: Mapping[str, int]) -> int:
    return sum(count for status, count in answers.items() if 200 <= int(status) < 300)


def _failed(answers: Mapping[str, int]) -> str:
    """Each kind of failure with its count."""
    failed = {status: count for status, count in answers.items() if not 200 <= int(status) < 300}
    words = [
        f"{count} x {'no answer' if status == '0' else status}"
        for status, count in sorted(failed.items())
    ]
    return ", ".join(words) or "none"


def _words(results: Mapping[str, Any]) -> str:
    return (
        f"Measured on {results['measured']} on {results['cores']} cores with a load average of"
        f" {results['load_average']:.0f}, under {results['users']} users who post a picture and"
        " read in turns."
    )


def main() -> None:
    """Takes the last run over."""
    results = LAST_RUN.read_text()
    COMMITTED.parent.mkdir(exist_ok=True)
    COMMITTED.write_text(results)
    PAGE.write_text(filled(PAGE.read_text(), json.loads(results)))


if __name__ == "__main__":
    main()
