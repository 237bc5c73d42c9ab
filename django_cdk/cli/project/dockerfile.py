"""A Dockerfile: what its last stage runs, as whom, and from which files of the project."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_FLAG = re.compile(r"--\w+(=\S+)?\s+")
_ASSIGNMENT = re.compile(r"""(\w+)=("[^"]*"|'[^']*'|\S*)""")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name in capitals, the text behind it, its first line."""

    name: str
    text: str
    line: int

    @property
    def exec_form(self) -> list[str] | None:
        """The words of a JSON list; None for the shell form."""
        try:
            words = json.loads(self.text)
        except json.JSONDecodeError:
            return None
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return words
        return None


@dataclass
class Stage:
    """What a FROM begins, with everything of the stages it stands on before its own."""

    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, name: str) -> Instruction | None:
        """The instruction of that name that counts."""
        return next((one for one in reversed(self.instructions) if one.name == name), None)

    def variables(self) -> dict[str, str]:
        """The variables of ENV."""
        found: dict[str, str] = {}
        for one in self.instructions:
            if one.name == "ENV":
                found.update(_ASSIGNMENT.findall(one.text) or [_legacy(one.text)])
        return {name: value.strip("\"'") for name, value in found.items()}


def _legacy(text: str) -> tuple[str, str]:
    """``ENV NAME value``, as it was written once."""
    name, _, value = text.partition(" ")
    return name, value.strip()


class Dockerfile:
    """A Dockerfile inside a build context.

    :param path: the file.
    :param context: the folder it is built from.
    """

    def __init__(self, path: Path, context: Path) -> None:
        self.path = path
        self.context = context
        self.stage = _last_stage(_instructions(path.read_text(errors="replace")))

    @property
    def relative(self) -> str:
        """Its path inside the context."""
        return self.path.relative_to(self.context).as_posix()

    def command(self) -> list[Instruction]:
        """ENTRYPOINT and CMD, those that are there."""
        both = (self.stage.last("ENTRYPOINT"), self.stage.last("CMD"))
        return [one for one in both if one]

    def copies(self) -> list[tuple[str, str]]:
        """What COPY and ADD take out of the context: path there, path in the image."""
        found: list[tuple[str, str]] = []
        directory = "/"
        for one in self.stage.instructions:
            if one.name == "WORKDIR":
                directory = str(PurePosixPath(directory) / one.text)
            if one.name not in ("COPY", "ADD") or "--from=" in one.text:
                continue
            words = one.exec_form or _FLAG.sub("", one.text).split()
            *sources, written = words
            target = str(PurePosixPath(directory) / written)
            # pathlib drops the slash that tells a folder from a file.
            target += "/" if written.endswith("/") and target != "/" else ""
            found.extend((source, target) for source in sources)
        return found

    def file_of(self, word: str) -> Path | None:
        """The project's file that a word of a command names, when there is one."""
        for source, target in reversed(self.copies()):
            origin = self.context / source.strip("/")
            if origin.is_file() and word in (target, target + PurePosixPath(source).name):
                return origin
            inside = word.removeprefix(f"{target.rstrip('/')}/")
            if origin.is_dir() and inside != word and (origin / inside).is_file():
                return origin / inside
        # What comes by way of another stage still ends with its path in the project.
        parts = [part for part in PurePosixPath(word).parts if part not in ("/", "..")]
        ends = (self.context.joinpath(*parts[skipped:]) for skipped in range(len(parts)))
        return next((path for path in ends if path.is_file()), None)

    def scripts(self) -> dict[str, Path]:
        """Path in the image -> file, for every single file that is copied to the root."""
        return {
            target: self.context / source
            for source, target in self.copies()
            if target.count("/") == 1 and (self.context / source).is_file()
        }


def _instructions(text: str) -> list[Instruction]:
    found: list[Instruction] = []
    joined, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (joined and not line.strip()):
            continue
        first = first or number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        if match := _INSTRUCTION.fullmatch(joined + line):
            found.append(Instruction(match[1].upper(), match[2].strip(), first))
        joined, first = "", 0
    return found


def _last_stage(instructions: list[Instruction]) -> Stage:
    stages: dict[str, Stage] = {}
    stage = Stage("")
    for one in instructions:
        if one.name != "FROM":
            stage.instructions.append(one)
            continue
        base, _, name = _FLAG.sub("", one.text).partition(" ")
        name = re.sub(r"(?i)^\s*as\s+", "", name).strip()
        inherited = stages[base].instructions if base in stages else []
        stage = Stage(name, list(inherited))
        stages[name] = stage
    return stage
