"""A kubectl that answers from a list and keeps what it is asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import executable

if TYPE_CHECKING:
    import pytest

# Answers are tried in their order; each may be used up after a number of times.
_SCRIPT = f"""#!{sys.executable}
import json, os, pathlib, re, sys, time
here = pathlib.Path(__file__).parent
words = " ".join(sys.argv[1:])
config = json.loads(pathlib.Path(os.environ["KUBECONFIG"]).read_text())
stdin = "" if sys.stdin.isatty() else sys.stdin.read()
with (here / "calls").open("a") as file:
    file.write(json.dumps({{"words": words, "stdin": stdin, "config": config}}) + "\\n")
for file in sorted(here.glob("answer-*")):
    answer = json.loads(file.read_text())
    if re.search(answer["words"], words):
        if answer["times"] == 1:
            file.unlink()
        elif answer["times"]:
            file.write_text(json.dumps({{**answer, "times": answer["times"] - 1}}))
        sys.stdout.write(answer["out"])
        sys.stdout.flush()
        sys.stderr.write(answer["err"])
        time.sleep(answer["lasts"])
        sys.exit(answer["code"])
sys.exit("no answer for " + words)
"""


@dataclass
class Kubectl:
    """The program, and what it was asked."""

    folder: Path
    answers: int = 0

    def says(
        self,
        words: str,
        out: Mapping[str, Any] | Sequence[Any] | str = "",
        *,
        err: str = "",
        code: int = 0,
        times: int = 0,
        lasts: float = 0,
    ) -> None:
        """How it answers what matches `words`: an object, a list of objects, or text."""
        if not isinstance(out, str):
            out = json.dumps(out if isinstance(out, Mapping) else {"items": out})
        answer = {
            "words": words,
            "out": out,
            "err": err,
            "code": code,
            "times": times,
            "lasts": lasts,
        }
        (self.folder / f"answer-{self.answers:03}").write_text(json.dumps(answer))
        self.answers += 1

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Each with its `words`, `stdin` and kubeconfig (`config`)."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def asked(self, text: str) -> list[str]:
        """The calls with that text in them."""
        return [one["words"] for one in self.calls if text in one["words"]]


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """Puts the program on the PATH."""
    executable(folder, "kubectl", _SCRIPT)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Kubectl(folder)
