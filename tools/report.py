"""Turn the summary of an app into the table that `make synth` prints."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict

from tools.assembly import AssemblySummary, StackSummary

WIDTH = 100
_SERVICE_WIDTH = 24


def format_app(name: str, summary: AssemblySummary, *, seconds: float) -> str:
    """Return the lines for one app: each stack's resources and outputs, then the findings."""
    lines = [f"{name}: {_count(len(summary.stacks), 'template')} in {seconds:.1f} s"]
    for stack in summary.stacks:
        lines += _stack_lines(stack)
    lines += _section("findings", summary.findings)
    return "\n".join(lines)


def _stack_lines(stack: StackSummary) -> list[str]:
    total = _count(stack.resources.total(), "resource")
    outputs = [f"{name} = {value}" for name, value in sorted(stack.outputs.items())]
    return [
        f"  {stack.name} ({stack.environment}): {total}",
        *_resource_lines(stack.resources),
        *_section("outputs", outputs),
    ]


def _resource_lines(resources: Counter[str]) -> list[str]:
    by_service: dict[str, list[str]] = defaultdict(list)
    for resource_type, count in sorted(resources.items()):
        service, _, kind = resource_type.removeprefix("AWS::").partition("::")
        by_service[service].append(f"{kind} {count}")
    return [_wrapped(service, ", ".join(kinds)) for service, kinds in by_service.items()]


def _wrapped(label: str, text: str) -> str:
    indent = " " * 4
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"{indent}{label:<{_SERVICE_WIDTH}}",
        subsequent_indent=indent + " " * _SERVICE_WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"    {title}", *(f"      {line}" for line in lines)] if lines else []


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
