"""What a change of the library would do to deployed apps: `python -m tools.synth_diff ../before`.

Every app of integ/ is synthesized from two checkouts, with every setting given, and their templates
are compared as `cdk diff` compares them. The result is Markdown for a pull request; the exit code
is 0 whatever the difference, since a person decides.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.apps import ROOT, app_modules
from tools.environment import tool_environment
from tools.released import ALL_SETTINGS
from tools.replacements import Change, Template, changes
from tools.synth import SynthError, synthesize

# In the order in which a reader wants to know; the first also covers what may be replaced.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Replaced": ("WILL_REPLACE", "MAY_REPLACE"),
    "Removed": ("WILL_DESTROY", "WILL_ORPHAN"),
    "Added": ("WILL_CREATE", "WILL_IMPORT"),
    # The differ says NO_CHANGE of types it has no schema for, as of every custom resource.
    "Changed": ("WILL_UPDATE", "NO_CHANGE"),
}
# GitHub refuses a longer comment.
_LONGEST = 60_000
_EMPTY: Template = {"Resources": {}}


@dataclass(frozen=True, kw_only=True)
class StackDiff:
    """The changes of one stack of one app."""

    app: str
    stack: str
    changes: list[Change]


def synthesize_checkout(root: Path, output: Path) -> dict[str, dict[str, Template]]:
    """Return app -> template file -> template, for every app of a checkout.

    Raises:
        SynthError: an app failed.
    """
    flags = json.loads((root / "cdk.json").read_text())["context"]
    # The rules of the CDK's validation have a test of their own.
    environment = {**tool_environment(), **ALL_SETTINGS, "CDK_VALIDATION": "false"}
    found: dict[str, dict[str, Template]] = {}
    for module in app_modules(root / "integ"):
        folder = output / module
        synthesize(module, folder, environment=environment, flags=flags, root=root)
        found[module] = {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(folder.glob("**/*.template.json"))
        }
    return found


def compare(
    before: Mapping[str, Mapping[str, Template]], after: Mapping[str, Mapping[str, Template]]
) -> list[StackDiff]:
    """Return the difference of every stack; one that only one side has is compared with nothing."""
    names = [
        (app, stack)
        for app in sorted({*before, *after})
        for stack in sorted({*before.get(app, {}), *after.get(app, {})})
    ]
    pairs = [
        (before.get(app, {}).get(stack, _EMPTY), after.get(app, {}).get(stack, _EMPTY))
        for app, stack in names
    ]
    return [
        StackDiff(app=app, stack=stack, changes=found)
        for (app, stack), found in zip(names, changes(pairs), strict=True)
    ]


def markdown(diffs: list[StackDiff]) -> str:
    """Return the differences as a comment, what loses data first."""
    different = [diff for diff in diffs if diff.changes]
    apps = len({diff.app for diff in diffs})
    title = "## Synthesized templates\n\n"
    if not different:
        return f"{title}No difference in {apps} apps.\n"
    text = title + "".join([*_losses(different), *map(_stack, different)])
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition("\n")[0] + "\n\n(cut off here)\n"
    return text


def _losses(diffs: list[StackDiff]) -> Iterator[str]:
    lost = [
        f"- `{diff.app}`: {_line(change)}\n"
        for diff in diffs
        for change in diff.changes
        if change.loses_state
    ]
    if lost:
        yield "> [!CAUTION]\n> Deployed applications would lose these.\n\n"
        yield from lost
        yield "\n"


def _stack(diff: StackDiff) -> str:
    counts = [
        f"{len(found)} {group.lower()}" for group in GROUPS if (found := _of_group(diff, group))
    ]
    lines = [
        f"| {group} | {_line(change)} |\n" for group in GROUPS for change in _of_group(diff, group)
    ]
    return (
        f"<details><summary><code>{diff.app}</code>, stack {diff.stack}: {', '.join(counts)}"
        f"</summary>\n\n| | Resource |\n|---|---|\n{''.join(lines)}\n</details>\n\n"
    )


def _of_group(diff: StackDiff, group: str) -> list[Change]:
    return [change for change in diff.changes if change.impact in GROUPS[group]]


def _line(change: Change) -> str:
    because = f" ({', '.join(f'`{name}`' for name in change.properties)})"
    perhaps = ", perhaps" if change.impact == "MAY_REPLACE" else ""
    kept = ", kept in the account" if change.impact == "WILL_ORPHAN" else ""
    return f"{change.type} `{change.id}`{because if change.properties else ''}{perhaps}{kept}"


def main(arguments: list[str]) -> int:
    """Print the differences; return 1 if an app of this checkout fails."""
    parser = argparse.ArgumentParser(prog="tools.synth_diff", description=__doc__)
    parser.add_argument("before", type=Path, help="the checkout to compare with")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            after = synthesize_checkout(ROOT, Path(folder) / "after")
        except SynthError as error:
            print(error, file=sys.stderr)
            return 1
        try:
            before = synthesize_checkout(asked.before.resolve(), Path(folder) / "before")
        except SynthError as error:
            # Not this change's fault; the tests tell about this side.
            print(f"## Synthesized templates\n\nNothing to compare with:\n\n```\n{error}\n```")
            return 0
    print(markdown(compare(before, after)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
